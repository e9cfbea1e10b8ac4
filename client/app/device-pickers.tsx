import type { Source } from '../../shared/protocol/messages.ts'
import { LevelMeter } from './level-meter.tsx'
import type { LocalMedia, LocalMediaState } from './local-media.ts'
import { rememberPreferences } from './preferences.ts'
import { SelectField } from './select-field.tsx'

/** Which microphone and which camera. */
export function DevicePickers(props: { localMedia: LocalMedia; media: LocalMediaState }) {
  const { microphone } = props.media
  return (
    <div className="device-pickers">
      <div>
        <DevicePicker {...props} source="microphone" label="Your microphone" />
        <LevelMeter track={microphone.status === 'on' ? microphone.track : null} />
      </div>
      <DevicePicker {...props} source="camera" label="Your camera" />
    </div>
  )
}

function DevicePicker(props: { localMedia: LocalMedia; media: LocalMediaState; source: Source; label: string }) {
  const { localMedia, media, source } = props
  const capture = media[source]
  const devices = media.devices.filter(({ kind }) => kind === kindOf[source])
  const used = capture.status === 'on' ? capture.track.getSettings().deviceId : undefined

  async function choose(chosen: string): Promise<void> {
    const deviceId = await localMedia.choose(source, chosen)
    rememberPreferences(source === 'microphone' ? { microphoneId: deviceId } : { cameraId: deviceId })
  }

  return (
    <SelectField
      label={props.label}
      value={used}
      disabled={devices.length === 0}
      onChange={(event) => choose(event.target.value)}
    >
      {devices.length === 0 && <option>{emptyText[source]}</option>}
      {devices.map(({ deviceId, label }) => (
        <option key={deviceId} value={deviceId}>
          {label || 'Unnamed device'}
        </option>
      ))}
    </SelectField>
  )
}

const kindOf: Readonly<Record<Source, MediaDeviceKind>> = { microphone: 'audioinput', camera: 'videoinput' }
const emptyText: Readonly<Record<Source, string>> = { microphone: 'No microphone', camera: 'No camera' }
