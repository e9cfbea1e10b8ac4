import { useState } from 'react'
import { languages } from './languages.ts'
import { SelectField } from './select-field.tsx'

/** Chooses a language; shows the choice at once, and goes back to `value` if `onChoose` fails. */
export function LanguageField(props: {
  label: string
  value: string
  onChoose: (tag: string) => Promise<void> | void
  className?: string
}) {
  const [chosen, setChosen] = useState<string | null>(null)

  async function choose(tag: string): Promise<void> {
    setChosen(tag)
    try {
      await props.onChoose(tag)
    } finally {
      setChosen(null)
    }
  }

  return (
    <SelectField
      label={props.label}
      className={props.className}
      value={chosen ?? props.value}
      onChange={(event) => choose(event.target.value)}
    >
      {[...languages].map(([tag, name]) => (
        <option key={tag} value={tag} lang={tag}>
          {name}
        </option>
      ))}
    </SelectField>
  )
}
