/** Whether this person's speech stays out of captions. */
export function OptOutField(props: { captioned: boolean; onChoose: (captioned: boolean) => void }) {
  return (
    <label className="check-field">
      <input type="checkbox" checked={!props.captioned} onChange={(event) => props.onChoose(!event.target.checked)} />
      <span>
        Do not caption my speech
        <small>Others still hear you. Nothing you say is turned into text.</small>
      </span>
    </label>
  )
}
