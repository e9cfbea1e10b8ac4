import type { Participants, RemoteParticipant, RemoteTrack } from './participants.ts'

/** Those of a lost connection: what still plays may go on playing, and nothing of it will change. */
export function interrupted(participants: Participants): Participants {
  return participants.map((participant) => ({ ...participant, tracks: participant.tracks.map(interruptedTrack) }))
}

function interruptedTrack(track: RemoteTrack): RemoteTrack {
  return track.media.status === 'live'
    ? { ...track, media: { status: 'interrupted', track: track.media.track } }
    : track
}

/**
 * Everybody while a call passes from one connection to another: each track by the new connection as soon as it plays
 * there, by the one before until then, and who is not yet back as they were.
 */
export function shownParticipants(before: Participants, now: Participants): Participants {
  const here = new Map(now.map((participant) => [participant.participantId, participant]))
  const known = new Set(before.map(({ participantId }) => participantId))
  return [
    ...before.map((participant) => together(participant, here.get(participant.participantId))),
    ...now.filter(({ participantId }) => !known.has(participantId)),
  ]
}

function together(before: RemoteParticipant, now: RemoteParticipant | undefined): RemoteParticipant {
  if (!now) return before
  const arrived = now.tracks.map((track) => {
    const old = trackOf(before, track)
    return plays(track) || !old || !hasTrack(old) ? track : { ...old, paused: track.paused }
  })
  return { ...now, tracks: [...arrived, ...before.tracks.filter((track) => !trackOf(now, track))] }
}

/** Whether everything that the connection before shows is shown by the new one. */
export function isCovered(before: Participants, now: Participants): boolean {
  return before.every((participant) => {
    const present = now.find(({ participantId }) => participantId === participant.participantId)
    return present && participant.tracks.filter(hasTrack).every((track) => plays(trackOf(present, track)))
  })
}

/** The same people in the order in which they are shown already, so that nobody's picture changes its place. */
export function inShownOrder(shown: Participants, participants: Participants): Participants {
  const places = new Map(shown.map(({ participantId }, index) => [participantId, index]))
  const placeOf = ({ participantId }: RemoteParticipant) => places.get(participantId) ?? shown.length
  const isInOrder = participants.every((each, index) => {
    const next = participants[index + 1]
    return !next || placeOf(each) <= placeOf(next)
  })
  return isInOrder ? participants : participants.toSorted((a, b) => placeOf(a) - placeOf(b))
}

function trackOf(participant: RemoteParticipant, { source }: RemoteTrack): RemoteTrack | undefined {
  return participant.tracks.find((track) => track.source === source)
}

function hasTrack({ media }: RemoteTrack): boolean {
  return media.status === 'live' || media.status === 'interrupted'
}

/** Nothing comes of a track that its sender muted. */
function plays(track: RemoteTrack | undefined): boolean {
  if (track?.media.status === 'failed') return true
  return track?.media.status === 'live' && (track.media.flowing || track.paused)
}
