import type { CallState } from '../sdk/call-state.ts'
import { CaptionSettings, type CaptionSettingsActions } from './caption-settings.tsx'
import { CaptionsSign } from './captions-sign.tsx'
import { CopyButton } from './copy-button.tsx'
import { Icon } from './icon.tsx'
import type { LocalMediaState } from './local-media.ts'
import { invitationLink, roomName } from './room-name.ts'
import { ToggleButton } from './toggle-button.tsx'

/** What stands beside the call, one at a time. */
export type SidePanel = 'people' | 'transcript'

/** What one can do in a call. */
export function Toolbar(props: {
  state: CallState
  media: LocalMediaState
  openPanel: SidePanel | null
  captionSettings: CaptionSettingsActions
  onMicrophone: () => void
  onCamera: () => void
  onCaptions: () => void
  onPeople: () => void
  onTranscript: () => void
  onLeave: () => void
}) {
  const { state } = props
  const { microphone, camera } = props.media
  return (
    <footer className="toolbar">
      <div className="toolbar-room">
        <p>
          <strong dir="auto">{roomName(state.roomId)}</strong>
        </p>
        <CaptionsSign state={state} />
      </div>
      <section className="toolbar-buttons" aria-label="Call controls">
        <ToggleButton
          label="Microphone"
          shortcut="M"
          icons={['microphone', 'microphone-off']}
          pressed={microphone.status === 'on' && !microphone.muted}
          onClick={props.onMicrophone}
        />
        <ToggleButton
          label="Camera"
          shortcut="V"
          icons={['camera', 'camera-off']}
          pressed={camera.status === 'on'}
          onClick={props.onCamera}
        />
        <ToggleButton
          label="Captions"
          shortcut="C"
          icons={['captions', 'captions']}
          pressed={state.captions.enabled}
          onClick={props.onCaptions}
          calm
        />
        <CaptionSettings state={state} actions={props.captionSettings} />
        <ToggleButton
          label="People"
          shortcut="P"
          icons={['people', 'people']}
          pressed={props.openPanel === 'people'}
          onClick={props.onPeople}
          count={state.participants.length + 1}
          calm
        />
        <ToggleButton
          label="Transcript"
          shortcut="T"
          icons={['transcript', 'transcript']}
          pressed={props.openPanel === 'transcript'}
          onClick={props.onTranscript}
          calm
        />
        <button type="button" className="leave" onClick={props.onLeave} aria-label="Leave" data-tooltip="Leave">
          <Icon name="leave" />
          <span>Leave</span>
        </button>
      </section>
      <div className="toolbar-link">
        <CopyButton icon="link" label="Copy link" text={() => invitationLink(location.href, state.roomId)} />
      </div>
    </footer>
  )
}
