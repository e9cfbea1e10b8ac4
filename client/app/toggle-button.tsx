import { Icon, type IconName } from './icon.tsx'

/** A round switch. Its name stays the same; whether it is on is `aria-pressed`, its icon and its colour. */
export function ToggleButton(props: {
  label: string
  /** When on, when off. */
  icons: readonly [IconName, IconName]
  pressed: boolean
  onClick: () => void
  shortcut?: string
  /** Off is the usual state, so it does not warn. */
  calm?: true
  /** The number of things that the button shows. */
  count?: number
}) {
  const { label, shortcut, pressed, count } = props
  return (
    <button
      type="button"
      className={props.calm ? 'toggle calm' : 'toggle'}
      aria-label={count === undefined ? label : `${label}: ${count}`}
      aria-pressed={pressed}
      aria-keyshortcuts={shortcut}
      data-tooltip={shortcut ? `${label} (${shortcut})` : label}
      onClick={props.onClick}
    >
      <Icon name={props.icons[pressed ? 0 : 1]} />
      {count !== undefined && <span className="toggle-count">{count}</span>}
    </button>
  )
}
