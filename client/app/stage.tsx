import { useRef } from 'react'
import type { CallState } from '../sdk/call-state.ts'
import { playableTrack, type RemoteParticipant } from '../sdk/participants.ts'
import { CopyButton } from './copy-button.tsx'
import { gridLayout } from './grid-layout.ts'
import type { LocalMediaState } from './local-media.ts'
import { invitationLink, roomName } from './room-name.ts'
import { Tile } from './tile.tsx'
import { useSize } from './use-size.ts'

const GAP_PX = 12

/**
 * Everybody in the room. With one other, they have the stage and the self view floats; else it is a tile like all. Who is
 * alone gets the means to invite in the place of the first guest.
 */
export function Stage(props: { state: CallState; media: LocalMediaState }) {
  const { state, media } = props
  const element = useRef<HTMLDivElement>(null)
  const size = useSize(element)
  const isPair = state.participants.length === 1
  const isAlone = state.participants.length === 0
  const count = isPair ? 1 : Math.max(2, state.participants.length + 1)
  const { columns, tileWidth, tileHeight } = gridLayout(count, { ...size, gap: GAP_PX })
  const self = <SelfTile state={state} media={media} />

  return (
    <div
      ref={element}
      className="stage"
      data-layout={isPair ? 'pair' : 'grid'}
      style={{ '--columns': columns, '--tile-width': `${tileWidth}px`, '--tile-height': `${tileHeight}px` }}
    >
      <ul className="tiles" aria-label="Participants">
        {state.participants.map((participant) => (
          <RemoteTile key={participant.participantId} participant={participant} speakers={state.speakers} />
        ))}
        {isAlone && <Invitation roomId={state.roomId} />}
        {self}
      </ul>
    </div>
  )
}

function SelfTile(props: { state: CallState; media: LocalMediaState }) {
  const { state } = props
  const { microphone, camera } = props.media
  return (
    <Tile
      participantId={state.participantId}
      name={state.displayName}
      isSelf
      video={camera.status === 'on' ? camera.track : null}
      isMuted={microphone.status !== 'on' || microphone.muted}
      isSpeaking={state.speakers.includes(state.participantId)}
      isCaptioned={state.speech.captioned}
    />
  )
}

function RemoteTile(props: { participant: RemoteParticipant; speakers: readonly string[] }) {
  const { participantId, displayName, captioned, tracks } = props.participant
  const camera = tracks.find(({ source }) => source === 'camera')
  const microphone = tracks.find(({ source }) => source === 'microphone')
  return (
    <Tile
      participantId={participantId}
      name={displayName}
      video={camera && !camera.paused ? playableTrack(camera) : null}
      isMuted={!microphone || microphone.paused}
      isSpeaking={props.speakers.includes(participantId)}
      isCaptioned={captioned}
      isFailed={camera?.media.status === 'failed'}
      isInterrupted={tracks.some(({ media }) => media.status === 'interrupted')}
    />
  )
}

function Invitation(props: { roomId: string }) {
  return (
    <li className="invitation">
      <h2>You are the first one here</h2>
      <p>
        Send the link to those you want to talk with. The room is{' '}
        <strong>
          <bdi>{roomName(props.roomId)}</bdi>
        </strong>
        .
      </p>
      <CopyButton
        className="button primary"
        icon="link"
        label="Copy invitation link"
        text={() => invitationLink(location.href, props.roomId)}
      />
    </li>
  )
}
