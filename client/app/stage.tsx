import { useRef, useState } from 'react'
import type { CallState } from '../sdk/call-state.ts'
import { playableTrack, type RemoteParticipant } from '../sdk/participants.ts'
import { CopyButton } from './copy-button.tsx'
import { gridLayout, placesIn } from './grid-layout.ts'
import type { LocalMediaState } from './local-media.ts'
import { invitationLink, roomName } from './room-name.ts'
import { type ShownPerson, shownParticipant, shownSelf } from './shown-person.ts'
import { nextSeating, nobodySeated } from './stage-seats.ts'
import { Tile } from './tile.tsx'
import { useSize } from './use-size.ts'

const GAP_PX = 12

/**
 * Everybody in the room, or as many as there is space for readable tiles, and one tile with the number of others. With one
 * other, they have the stage and the self view floats; else it is a tile like all. A participant who is alone can invite
 * others from the place of the first guest.
 */
export function Stage(props: { state: CallState; media: LocalMediaState; onPeople: () => void }) {
  const { state, media } = props
  const element = useRef<HTMLDivElement>(null)
  const area = { ...useSize(element), gap: GAP_PX }
  const isPair = state.participants.length === 1
  const isAlone = state.participants.length === 0
  const wanted = isPair ? 1 : Math.max(2, state.participants.length + 1)
  const count = Math.min(wanted, placesIn(area))
  const isCrowded = count < wanted
  // In a crowd, this participant and the number of others take two of the tiles.
  const seated = useSeated(state, isCrowded ? count - 2 : state.participants.length)
  const { columns, tileWidth, tileHeight } = gridLayout(count, area)

  return (
    <div
      ref={element}
      className="stage"
      data-layout={isPair ? 'pair' : 'grid'}
      style={{ '--columns': columns, '--tile-width': `${tileWidth}px`, '--tile-height': `${tileHeight}px` }}
    >
      <ul className="tiles" aria-label="Participants">
        {seated.map((participant) => (
          <RemoteTile
            key={participant.participantId}
            participant={participant}
            person={shownParticipant(participant, state.speakers)}
          />
        ))}
        {isAlone && <Invitation roomId={state.roomId} />}
        <SelfTile person={shownSelf(state, media)} media={media} />
        {isCrowded && <OthersTile count={state.participants.length - seated.length} onPeople={props.onPeople} />}
      </ul>
    </div>
  )
}

/** The participants who have a tile, place by place. */
function useSeated({ participants, speakers }: CallState, places: number): readonly RemoteParticipant[] {
  const [seating, setSeating] = useState(nobodySeated)
  const present = new Map(participants.map((participant) => [participant.participantId, participant]))
  const next = nextSeating(seating, { present: [...present.keys()], speakers, places })
  if (next !== seating) setSeating(next)
  return next.seats.flatMap((id) => present.get(id) ?? [])
}

function SelfTile(props: { person: ShownPerson; media: LocalMediaState }) {
  const { camera } = props.media
  return <Tile person={props.person} video={camera.status === 'on' ? camera.track : null} />
}

function RemoteTile(props: { participant: RemoteParticipant; person: ShownPerson }) {
  const camera = props.participant.tracks.find(({ source }) => source === 'camera')
  return (
    <Tile
      person={props.person}
      video={camera && !camera.paused ? playableTrack(camera) : null}
      isFailed={camera?.media.status === 'failed'}
    />
  )
}

function OthersTile(props: { count: number; onPeople: () => void }) {
  return (
    <li className="others">
      <button type="button" onClick={props.onPeople}>
        <strong>+{props.count}</strong> others<span className="visually-hidden">: show the list of people</span>
      </button>
    </li>
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
