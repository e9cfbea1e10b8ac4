import { type CSSProperties, type ReactNode, useCallback, useEffect, useId, useRef, useState } from 'react'

const GAP_PX = 8

/**
 * A button that opens a small panel beside it. A click elsewhere, Escape or `close` closes it; the keyboard goes from the
 * button into the panel.
 */
export function PopoverButton(props: {
  label: string
  className: string
  tooltip?: string
  /** What is on the button. */
  face: ReactNode
  children: (close: () => void) => ReactNode
}) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState<CSSProperties | null>(null)
  const isOpen = place !== null

  const putBeside = useCallback(() => setPlace(button.current && placeBeside(button.current)), [])
  useEffect(() => {
    if (!isOpen) return
    window.addEventListener('resize', putBeside)
    return () => window.removeEventListener('resize', putBeside)
  }, [isOpen, putBeside])

  return (
    <>
      <button
        ref={button}
        type="button"
        className={props.className}
        popoverTarget={id}
        aria-label={props.label}
        aria-expanded={isOpen}
        data-tooltip={isOpen ? undefined : props.tooltip}
      >
        {props.face}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={props.label}
        className="popover"
        style={place ?? {}}
        onBeforeToggle={(event) => (event.newState === 'open' ? putBeside() : setPlace(null))}
      >
        {isOpen && props.children(() => panel.current?.hidePopover())}
      </div>
    </>
  )
}

/** Above a button in the window's lower half, else below; centred on it as far as the window's sides allow. */
function placeBeside(button: HTMLElement): CSSProperties {
  const { top, bottom, left, width } = button.getBoundingClientRect()
  const centre = { '--centre': `${left + width / 2}px` }
  if (top + bottom > innerHeight) {
    return { ...centre, bottom: innerHeight - top + GAP_PX, maxHeight: top - 2 * GAP_PX }
  }
  return { ...centre, top: bottom + GAP_PX, maxHeight: innerHeight - bottom - 2 * GAP_PX }
}
