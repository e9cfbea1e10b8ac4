import { useEffect, useRef, useState } from 'react'
import { newRoomId } from '../../shared/protocol/new-room-id.ts'
import { Call } from '../sdk/call.ts'
import { CallScreen } from './call-screen.tsx'
import { exposeCall } from './debugging-aid.ts'
import { EndedScreen } from './ended-screen.tsx'
import { likelyLanguage } from './languages.ts'
import { type Choices, Lobby } from './lobby.tsx'
import type { LocalMedia } from './local-media.ts'
import { markJoinClick, markOnce } from './mark-once.ts'
import { readPreferences, rememberPreferences } from './preferences.ts'
import { invitationLink, roomOfAddress, roomOfId } from './room-name.ts'

type Screen =
  | { readonly name: 'lobby'; readonly error?: unknown }
  | { readonly name: 'joining' }
  | { readonly name: 'call'; readonly call: Call }
  | { readonly name: 'ended'; readonly call: Call; readonly error: unknown }

export function App(props: { localMedia: LocalMedia }) {
  const { localMedia } = props
  const [choices, setChoices] = useState(firstChoices)
  const [screen, setScreen] = useState<Screen>({ name: 'lobby' })
  const joining = useRef<AbortController | null>(null)

  async function join(captions: boolean): Promise<void> {
    const { room } = choices
    // The form has said why.
    if ('fault' in room) return
    markJoinClick()
    const abort = new AbortController()
    joining.current = abort
    setScreen({ name: 'joining' })
    remember(choices, room.id)
    try {
      const call = await Call.join({
        api: '',
        roomId: room.id,
        displayName: choices.displayName.trim(),
        language: choices.language,
        ...(choices.readingLanguage !== undefined && { captionLanguage: choices.readingLanguage }),
        captioned: choices.captioned,
        captions,
        tracks: localMedia.tracks,
        signal: abort.signal,
      })
      markOnce('jbc:welcome')
      exposeCall(call)
      setScreen({ name: 'call', call })
    } catch (error) {
      setScreen(abort.signal.aborted ? { name: 'lobby' } : { name: 'lobby', error })
    }
  }

  function change(part: Partial<Choices>): void {
    setChoices((before) => ({ ...before, ...part }))
    rememberPreferences(part)
  }

  function ended(call: Call, error: unknown): void {
    localMedia.stop()
    setScreen({ name: 'ended', call, error })
  }

  useLeaveWithPage(screen)

  switch (screen.name) {
    case 'lobby':
    case 'joining':
      return (
        <Lobby
          localMedia={localMedia}
          choices={choices}
          onChange={setChoices}
          isJoining={screen.name === 'joining'}
          error={screen.name === 'lobby' ? screen.error : undefined}
          onJoin={() => join(false)}
          onCancel={() => joining.current?.abort()}
        />
      )
    case 'call':
      return <CallScreen call={screen.call} localMedia={localMedia} onEnded={ended} onChoose={change} />
    case 'ended':
      return (
        <EndedScreen
          call={screen.call}
          error={screen.error}
          onJoinAgain={() => join(screen.call.state.captions.enabled)}
          onLobby={() => setScreen({ name: 'lobby' })}
        />
      )
  }
}

function firstChoices(): Choices {
  const {
    displayName = '',
    language = likelyLanguage(navigator.languages),
    captioned = true,
    ...rest
  } = readPreferences()
  const room = roomOfAddress(location.href) ?? roomOfId(newRoomId())
  return { ...rest, displayName, language, captioned, room }
}

function remember({ displayName, language, captioned }: Choices, roomId: string): void {
  rememberPreferences({ displayName, language, captioned })
  // Whoever copies the address, or loads the page again, gets to the same room.
  history.replaceState(null, '', invitationLink(location.href, roomId))
}

/** The others see at once that this window was closed. */
function useLeaveWithPage(screen: Screen): void {
  const call = screen.name === 'call' ? screen.call : undefined
  useEffect(() => {
    const leave = () => call?.leave()
    window.addEventListener('pagehide', leave)
    return () => window.removeEventListener('pagehide', leave)
  }, [call])
}
