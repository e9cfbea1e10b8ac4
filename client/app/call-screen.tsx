import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import type { Source } from '../../shared/protocol/messages.ts'
import type { Call } from '../sdk/call.ts'
import { playableTrack } from '../sdk/participants.ts'
import { CallNotices } from './call-notices.tsx'
import { CaptionOverlay } from './caption-overlay.tsx'
import type { CaptionSettingsActions } from './caption-settings.tsx'
import type { Choices } from './lobby.tsx'
import type { LocalMedia } from './local-media.ts'
import { PeoplePanel } from './people-panel.tsx'
import { roomName } from './room-name.ts'
import { sendLocalMedia } from './send-local-media.ts'
import { Stage } from './stage.tsx'
import { toggleCamera, toggleMicrophone } from './toggle-device.ts'
import { type SidePanel, Toolbar } from './toolbar.tsx'
import { TrackAudio } from './track-audio.tsx'
import { TranscriptPanel } from './transcript-panel.tsx'
import { useScreenTitle } from './use-screen-title.ts'
import { useShortcuts } from './use-shortcuts.ts'
import { useWakeLock } from './use-wake-lock.ts'

/** Wide enough for a panel to stand beside the video, as in side-panel.css. */
const WIDE = '(min-width: 64rem)'

/** The call itself. */
export function CallScreen(props: {
  call: Call
  localMedia: LocalMedia
  onEnded: (call: Call, error: unknown) => void
  /** Something to remember was chosen. */
  onChoose: (choices: Partial<Choices>) => void
}) {
  const { call, localMedia, onEnded, onChoose } = props
  const state = useSyncExternalStore(call.subscribe, () => call.state)
  const media = useSyncExternalStore(localMedia.subscribe, localMedia.get)
  const [openPanel, setOpenPanel] = useState<SidePanel | null>(null)
  const [unsent, setUnsent] = useState<Source | null>(null)
  const { isBlocked, onBlocked, unblock } = useBlockedSound()

  const name = roomName(state.roomId)
  const heading = useScreenTitle(name)
  useWakeLock()

  useEffect(() => sendLocalMedia(call, localMedia, setUnsent), [call, localMedia])

  useEffect(() => {
    if (state.phase.name === 'ended') onEnded(call, state.phase.error)
  }, [call, state.phase, onEnded])

  async function toggleCaptions(): Promise<void> {
    const enabled = !call.state.captions.enabled
    // Fails only when the call ends, and the screen for that says more.
    await call.setCaptions(enabled).catch(() => {})
    if (enabled && matchMedia(WIDE).matches) setOpenPanel((panel) => panel ?? 'transcript')
  }

  const captionSettings: CaptionSettingsActions = {
    async onRead(readingLanguage) {
      await call.setCaptions(call.state.captions.enabled, readingLanguage)
      onChoose({ readingLanguage })
    },
    async onSpeech(speech) {
      await call.setSpeech(speech)
      onChoose(speech)
    },
  }
  const close = () => setOpenPanel(null)
  const toggle = (panel: SidePanel) => setOpenPanel((open) => (open === panel ? null : panel))
  const actions = {
    onMicrophone: () => toggleMicrophone(localMedia),
    onCamera: () => toggleCamera(localMedia),
    onCaptions: toggleCaptions,
    onPeople: () => toggle('people'),
    onTranscript: () => toggle('transcript'),
  }
  useShortcuts({
    m: actions.onMicrophone,
    v: actions.onCamera,
    c: actions.onCaptions,
    p: actions.onPeople,
    t: actions.onTranscript,
    escape: close,
  })

  return (
    <div className="call" data-captions={state.captions.enabled}>
      <main className="call-main">
        <h1 className="visually-hidden" ref={heading} tabIndex={-1}>
          Call in <bdi>{name}</bdi>
        </h1>
        <Stage state={state} media={media} onPeople={() => setOpenPanel('people')} />
        <CallNotices
          call={call}
          state={state}
          media={media}
          unsent={unsent}
          isSoundBlocked={isBlocked}
          onUnblock={unblock}
        />
        <CaptionOverlay captions={state.captions} />
      </main>
      {openPanel === 'people' && <PeoplePanel state={state} media={media} onClose={close} />}
      <TranscriptPanel
        call={call}
        captions={state.captions}
        onRead={captionSettings.onRead}
        isOpen={openPanel === 'transcript'}
        onClose={close}
        onEnableCaptions={toggleCaptions}
      />
      <Toolbar
        state={state}
        media={media}
        openPanel={openPanel}
        captionSettings={captionSettings}
        {...actions}
        onLeave={() => call.leave()}
      />
      {state.participants.flatMap(({ tracks }) =>
        tracks.map((remote) => {
          const track = remote.source === 'microphone' ? playableTrack(remote) : null
          return track && <TrackAudio key={remote.consumerId} track={track} onBlocked={onBlocked} />
        }),
      )}
    </div>
  )
}

/** Browsers may refuse to play sound until the person acts once on the page. */
function useBlockedSound() {
  const [isBlocked, setBlocked] = useState(false)
  const onBlocked = useCallback(() => setBlocked(true), [])
  const unblock = useCallback(() => {
    for (const audio of document.querySelectorAll('audio')) audio.play().catch(() => {})
    setBlocked(false)
  }, [])
  return { isBlocked, onBlocked, unblock }
}
