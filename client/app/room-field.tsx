import { CopyButton } from './copy-button.tsx'
import { invitationLink, type RoomChoice, roomOfName, shown } from './room-name.ts'

/** Which room, by its name. When its field is left it shows the name as everybody sees it; why there is none stands below. */
export function RoomField(props: { room: RoomChoice; onChange: (room: RoomChoice) => void }) {
  const { room, onChange } = props
  const fault = 'fault' in room ? room.fault : undefined
  return (
    <div className="room-field">
      <label className="field">
        <span>Room</span>
        <input
          ref={(input) => input?.setCustomValidity(fault ? `This name ${fault}.` : '')}
          name="room"
          dir="auto"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
          aria-invalid={fault !== undefined}
          value={room.text}
          onChange={(event) => onChange(roomOfName(event.target.value))}
          onBlur={() => onChange(shown(room))}
        />
      </label>
      <CopyButton
        icon="link"
        label="Copy link"
        disabled={fault !== undefined}
        text={() => ('id' in room ? invitationLink(location.href, room.id) : '')}
      />
      {fault && (
        <span className="field-fault" role="alert">
          This name {fault}.
        </span>
      )}
    </div>
  )
}
