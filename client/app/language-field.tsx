import { languages } from './languages.ts'
import { SelectField } from './select-field.tsx'
import { useChoice } from './use-choice.ts'

/** Chooses a language, by its BCP 47 tag. */
export function LanguageField(props: {
  label: string
  value: string
  onChoose: (tag: string) => Promise<void> | void
  className?: string
}) {
  const [chosen, choose] = useChoice(props.value, props.onChoose)
  return (
    <SelectField
      label={props.label}
      className={props.className}
      value={chosen}
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
