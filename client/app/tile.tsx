import { Avatar, hueOf } from './avatar.tsx'
import { Icon } from './icon.tsx'
import { TrackVideo } from './track-video.tsx'

/** One participant: picture or initials, name, whether they speak or are muted. */
export function Tile(props: {
  participantId: string
  name: string
  video: MediaStreamTrack | null
  isMuted: boolean
  isSpeaking: boolean
  isSelf?: true
  isFailed?: boolean
}) {
  const { name, video, isMuted, isSpeaking, isSelf } = props
  const state = [isMuted && 'muted', isSpeaking && 'speaking'].filter(Boolean).join(', ')
  return (
    <li
      className={isSelf ? 'tile self' : 'tile'}
      data-participant-id={props.participantId}
      data-self={isSelf}
      data-speaking={isSpeaking}
      data-muted={isMuted}
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
        <span>{isSelf ? `${name} (you)` : name}</span>
        {state && <span className="visually-hidden">, {state}</span>}
      </p>
      {props.isFailed && <p className="tile-problem">This browser cannot show {name}'s video.</p>}
    </li>
  )
}
