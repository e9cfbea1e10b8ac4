import { useLayoutEffect, useRef } from 'react'
import type { CallState } from '../sdk/call-state.ts'
import { Avatar } from './avatar.tsx'
import { CopyButton } from './copy-button.tsx'
import { Icon, type IconName } from './icon.tsx'
import type { LocalMediaState } from './local-media.ts'
import { invitationLink } from './room-name.ts'
import { type ShownPerson, shownParticipant, shownSelf, stateOf } from './shown-person.ts'

/** Everybody in the call: this participant, then the others by name, so that somebody is found among many. */
export function PeoplePanel(props: { state: CallState; media: LocalMediaState; onClose: () => void }) {
  const { state, media } = props
  const list = useKeyboardWhileOpen()
  const others = state.participants
    .map((participant) => shownParticipant(participant, state.speakers))
    .sort((a, b) => byName.compare(a.name, b.name))

  return (
    <aside className="side-panel" aria-label="People panel">
      <header className="panel-header">
        <h2>
          People <span className="panel-count">{others.length + 1}</span>
        </h2>
        <CopyButton
          className="button ghost small"
          icon="link"
          label="Copy link"
          text={() => invitationLink(location.href, state.roomId)}
        />
        <button type="button" className="icon-button" aria-label="Close the list of people" onClick={props.onClose}>
          <Icon name="close" />
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must reach what scrolls */}
      <div className="panel-scroll" tabIndex={0} ref={list}>
        <ul className="people" aria-label="People in the call">
          {[shownSelf(state, media), ...others].map((person) => (
            <Person key={person.participantId} person={person} />
          ))}
        </ul>
      </div>
    </aside>
  )
}

/** The keyboard's focus is in the list as soon as it opens, and goes back to where it was when the list closes. */
function useKeyboardWhileOpen() {
  const list = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const before = document.activeElement
    const panel = list.current?.closest('aside')
    list.current?.focus()
    return () => {
      if (panel?.contains(document.activeElement) && before instanceof HTMLElement) before.focus()
    }
  }, [])
  return list
}

/** Numbers in names by their value, and no difference by case or accent. */
const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

function Person(props: { person: ShownPerson }) {
  const { person } = props
  const { name, isCaptioned } = person
  const state = stateOf(person)
  return (
    <li className="person" data-speaking={person.isSpeaking} data-muted={person.isMuted}>
      <Avatar name={name} />
      <span className="person-name">
        <bdi>{name}</bdi>
        {person.isSelf && ' (you)'}
        {state && <span className="visually-hidden">, {state}</span>}
      </span>
      {!isCaptioned && <Mark icon="captions-off" title="Not captioned" />}
      <Mark {...microphoneMark(person)} />
    </li>
  )
}

function microphoneMark({ isMuted, isSpeaking }: ShownPerson): { icon: IconName; title: string } {
  if (isSpeaking) return { icon: 'sound', title: 'Speaking' }
  return isMuted ? { icon: 'microphone-off', title: 'Muted' } : { icon: 'microphone', title: 'Not muted' }
}

/** A screen reader reads the same beside the name. */
function Mark(props: { icon: IconName; title: string }) {
  return (
    <span className="person-mark" title={props.title} aria-hidden="true">
      <Icon name={props.icon} />
    </span>
  )
}
