import { Avatar, hueOf } from './avatar.tsx'
import { Icon } from './icon.tsx'
import { TrackVideo } from './track-video.tsx'

/** One participant: picture or initials, name, whether they speak, are muted or keep out of captions. */
export function Tile(props: {
  participantId: string
  name: string
  video: MediaStreamTrack | null
  isMuted: boolean
  isSpeaking: boolean
  isCaptioned: boolean
  isSelf?: true
  isFailed?: boolean
  /** Their connection, or this one, is being made anew. */
  isInterrupted?: boolean
}) {
  const { name, video, isMuted, isSpeaking, isCaptioned, isSelf } = props
  const state = [
    isMuted && 'muted',
    isSpeaking && 'speaking',
    !isCaptioned && 'not captioned',
    props.isInterrupted && 'reconnecting',
  ]
    .filter(Boolean)
    .join(', ')
  return (
    <li
      className={isSelf ? 'tile self' : 'tile'}
      data-participant-id={props.participantId}
      data-self={isSelf}
      data-speaking={isSpeaking}
      data-muted={isMuted}
      data-captioned={isCaptioned}
      data-interrupted={props.isInterrupted}
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
