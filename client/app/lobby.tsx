import { type FormEvent, useEffect, useSyncExternalStore } from 'react'
import { newRoomId } from '../../shared/protocol/new-room-id.ts'
import { Call } from '../sdk/call.ts'
import { DeviceNotices } from './device-notices.tsx'
import { DevicePickers } from './device-pickers.tsx'
import { DevicePreview } from './device-preview.tsx'
import { ErrorReference } from './error-reference.tsx'
import { LanguageField } from './language-field.tsx'
import type { LocalMedia } from './local-media.ts'
import { NameField } from './name-field.tsx'
import { Notice } from './notice.tsx'
import { OptOutField } from './opt-out-field.tsx'
import { callProblem } from './problem.ts'
import { RoomField } from './room-field.tsx'
import { type RoomChoice, roomOfId } from './room-name.ts'
import { Wordmark } from './wordmark.tsx'

/** Who joins what, as it stands in the form. */
export type Choices = {
  readonly displayName: string
  readonly room: RoomChoice
  /** What this person speaks. */
  readonly language: string
  /** What this person reads; what they speak, until they choose. */
  readonly readingLanguage?: string
  readonly captioned: boolean
}

/** Before a call: see and hear oneself, say who one is and where to. */
export function Lobby(props: {
  localMedia: LocalMedia
  choices: Choices
  onChange: (choices: Choices) => void
  isJoining: boolean
  error: unknown
  onJoin: () => void
  onCancel: () => void
}) {
  const { localMedia } = props
  const media = useSyncExternalStore(localMedia.subscribe, localMedia.get)

  useEffect(() => {
    localMedia.start()
    // What fails here fails again in joining, and is told there.
    Call.preload().catch(() => {})
  }, [localMedia])

  return (
    <div className="lobby">
      <header className="page-header">
        <Wordmark />
      </header>
      <main className="lobby-main">
        <section className="lobby-preview" aria-label="Preview">
          <DevicePreview localMedia={localMedia} media={media} name={props.choices.displayName} />
          <DeviceNotices localMedia={localMedia} media={media} />
        </section>
        <section className="lobby-form">
          <h1>Talk, and read along</h1>
          <p className="lead">Video calls with live captions. Nothing to install.</p>
          {props.error !== undefined && <JoinProblem {...props} />}
          <JoinForm {...props} />
        </section>
        <section className="lobby-devices" aria-label="Devices">
          <DevicePickers localMedia={localMedia} media={media} />
        </section>
      </main>
    </div>
  )
}

/** The join button below is the second try; where that cannot help, another room is offered. */
function JoinProblem(props: { error: unknown; choices: Choices; onChange: (choices: Choices) => void }) {
  const { remedy, ...problem } = callProblem(props.error)
  return (
    <Notice tone="problem" {...problem}>
      {remedy === 'new-room' && (
        <button
          type="button"
          className="button small"
          onClick={() => props.onChange({ ...props.choices, room: roomOfId(newRoomId()) })}
        >
          New room
        </button>
      )}
      <ErrorReference error={props.error} />
    </Notice>
  )
}

function JoinForm(props: {
  choices: Choices
  onChange: (choices: Choices) => void
  isJoining: boolean
  onJoin: () => void
  onCancel: () => void
}) {
  const { choices, onChange, isJoining } = props

  function submit(event: FormEvent): void {
    event.preventDefault()
    if (!isJoining) props.onJoin()
  }

  return (
    <form className="join-form" onSubmit={submit}>
      <NameField name={choices.displayName} onChange={(displayName) => onChange({ ...choices, displayName })} />
      <RoomField room={choices.room} onChange={(room) => onChange({ ...choices, room })} />
      <LanguageField
        label="Language you speak"
        value={choices.language}
        onChoose={(language) => onChange({ ...choices, language })}
      />
      <OptOutField captioned={choices.captioned} onChoose={(captioned) => onChange({ ...choices, captioned })} />
      <div className="join-actions">
        <button type="submit" className="button primary join-button" disabled={isJoining}>
          {isJoining ? 'Joining…' : 'Join'}
        </button>
        {isJoining && (
          <button type="button" className="button" onClick={props.onCancel}>
            Cancel
          </button>
        )}
      </div>
    </form>
  )
}
