import { faultOf, MAX_NAME_LENGTH } from '../../shared/protocol/written-text.ts'

/** Who somebody is to the others. A name that the server would refuse is not sent, and the reason stands below it. */
export function NameField(props: { name: string; onChange: (name: string) => void }) {
  const { name, onChange } = props
  const fault = name.trim() === '' ? undefined : faultOfName(name)
  return (
    <label className="field">
      <span>Your name</span>
      <input
        ref={(input) => input?.setCustomValidity(fault ? `This name ${fault}.` : '')}
        name="name"
        autoComplete="name"
        required
        pattern=".*\S.*"
        title="A name that the others know you by"
        aria-invalid={fault !== undefined}
        value={name}
        onChange={(event) => onChange(event.target.value)}
      />
      {fault && (
        <span className="field-fault" role="alert">
          This name {fault}.
        </span>
      )}
    </label>
  )
}

/** A name that is too long is told rather than cut, which is what a browser does to what is pasted. */
function faultOfName(name: string): string | undefined {
  const tooLong = name.normalize('NFC').trim().length > MAX_NAME_LENGTH
  return tooLong ? 'is too long' : faultOf(name)
}
