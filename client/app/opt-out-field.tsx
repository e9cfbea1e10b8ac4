import { useChoice } from './use-choice.ts'

/** Whether this person's speech stays out of captions. */
export function OptOutField(props: { captioned: boolean; onChoose: (captioned: boolean) => Promise<void> | void }) {
  const [captioned, choose] = useChoice(props.captioned, props.onChoose)
  return (
    <label className="check-field">
      <input type="checkbox" checked={!captioned} onChange={(event) => choose(!event.target.checked)} />
      <span>
        Do not caption my speech
        <small>Others still hear you. Nothing you say is turned into text.</small>
      </span>
    </label>
  )
}
