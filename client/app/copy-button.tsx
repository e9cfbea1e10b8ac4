import { useEffect, useState } from 'react'
import { Icon } from './icon.tsx'

const CONFIRMED_FOR_MS = 2_000

/** Copies a text and says so, to the eye and to a screen reader. */
export function CopyButton(props: {
  label: string
  icon: 'link' | 'copy'
  text: () => string
  className?: string
  disabled?: boolean
}) {
  const [outcome, setOutcome] = useState<'copied' | 'blocked' | null>(null)

  useEffect(() => {
    if (!outcome) return
    const timer = setTimeout(() => setOutcome(null), CONFIRMED_FOR_MS)
    return () => clearTimeout(timer)
  }, [outcome])

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(props.text())
      setOutcome('copied')
    } catch {
      setOutcome('blocked')
    }
  }

  return (
    <>
      <button
        type="button"
        className={props.className ?? 'button'}
        onClick={copy}
        aria-label={props.label}
        disabled={props.disabled}
      >
        <Icon name={outcome === 'copied' ? 'check' : props.icon} />
        <span className="button-text">{outcome ? said[outcome] : props.label}</span>
      </button>
      <span className="visually-hidden" role="status">
        {outcome && said[outcome]}
      </span>
    </>
  )
}

const said = { copied: 'Copied', blocked: 'Not allowed here' } as const
