import { Avatar, hueOf } from './avatar.tsx'
import { Icon } from './icon.tsx'
import { type ShownPerson, stateOf } from './shown-person.ts'
import { TrackVideo } from './track-video.tsx'

/** One participant: picture or initials, name, whether they speak, are muted or keep out of captions. */
export function Tile(props: {
  person: ShownPerson
  video: MediaStreamTrack | null
  /** Their video cannot be shown by this browser. */
  isFailed?: boolean
}) {
  const { person, video } = props
  const { name, isMuted, isCaptioned, isSelf } = person
  const state = stateOf(person)
  return (
    <li
      className={isSelf ? 'tile self' : 'tile'}
      data-participant-id={person.participantId}
      data-self={isSelf || undefined}
      data-speaking={person.isSpeaking}
      data-muted={isMuted}
      data-captioned={isCaptioned}
      data-interrupted={person.isInterrupted || undefined}
      style={{ '--hue': hueOf(name) }}
    >
      {video ? (
        <TrackVideo
          track={video}
          label={isSelf ? 'Your camera' : `${name}'s camera`}
          {...(isSelf ? { mirrored: true } : { remote: true })}
        />
      ) : (
        <Avatar name={name} />
      )}
      <p className="tile-name">
        {isMuted && <Icon name="microphone-off" />}
        <bdi>{isSelf ? `${name} (you)` : name}</bdi>
        {!isCaptioned && !isSelf && <NotCaptioned />}
        {state && <span className="visually-hidden">, {state}</span>}
      </p>
      {!isCaptioned && isSelf && (
        <p className="tile-captions" aria-hidden="true">
          <Icon name="captions-off" /> Not captioned
        </p>
      )}
      {props.isFailed && <p className="tile-problem">This browser cannot show {name}'s video.</p>}
    </li>
  )
}

/** What is said with it to a screen reader is part of the name's own line. */
function NotCaptioned() {
  return (
    <span className="tile-mark" title="Not captioned" aria-hidden="true">
      <Icon name="captions-off" />
    </span>
  )
}
