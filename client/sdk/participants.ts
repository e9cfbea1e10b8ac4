import type { ConsumerDescription, ParticipantDescription, Source } from '../../shared/protocol/messages.ts'

/** What has become of a remote track on this side. */
export type RemoteMedia =
  | { readonly status: 'connecting' }
  /** `flowing` once packets of it have come. */
  | { readonly status: 'live'; readonly track: MediaStreamTrack; readonly flowing: boolean }
  /** Its connection is lost. What the track still plays may be played, until another one takes its place. */
  | { readonly status: 'interrupted'; readonly track: MediaStreamTrack }
  | { readonly status: 'failed' }

export type RemoteTrack = {
  readonly consumerId: string
  readonly source: Source
  /** Its sender muted it. */
  readonly paused: boolean
  readonly media: RemoteMedia
}

/** What there is to play of a remote track. */
export function playableTrack({ media }: RemoteTrack): MediaStreamTrack | null {
  return media.status === 'live' || media.status === 'interrupted' ? media.track : null
}

export type RemoteParticipant = ParticipantDescription & { readonly tracks: readonly RemoteTrack[] }

/** The others in the room, in the order they came. */
export type Participants = readonly RemoteParticipant[]

export function addParticipant(participants: Participants, description: ParticipantDescription): Participants {
  return [...removeParticipant(participants, description.participantId), { ...description, tracks: [] }]
}

export function changeParticipant(participants: Participants, description: ParticipantDescription): Participants {
  return participants.map((participant) =>
    participant.participantId === description.participantId ? { ...participant, ...description } : participant,
  )
}

export function removeParticipant(participants: Participants, participantId: string): Participants {
  return participants.filter((participant) => participant.participantId !== participantId)
}

/** Those present and their tracks, of which only those listed are left; tracks that are new are not added. */
export function keepPresent(
  participants: Participants,
  present: {
    readonly participants: readonly ParticipantDescription[]
    readonly consumers: readonly ConsumerDescription[]
  },
): Participants {
  const known = new Map(participants.map((participant) => [participant.participantId, participant.tracks]))
  const listed = new Map(present.consumers.map(({ consumerId, producerPaused }) => [consumerId, producerPaused]))
  return present.participants.map((description) => ({
    ...description,
    tracks: (known.get(description.participantId) ?? []).flatMap((track) => {
      const paused = listed.get(track.consumerId)
      return paused === undefined ? [] : [{ ...track, paused }]
    }),
  }))
}

/** A participant sends one track per source, so a new one replaces the old. */
export function addTrack(participants: Participants, description: ConsumerDescription): Participants {
  const { consumerId, source, participantId, producerPaused } = description
  const track: RemoteTrack = { consumerId, source, paused: producerPaused, media: { status: 'connecting' } }
  return participants.map((participant) =>
    participant.participantId === participantId
      ? { ...participant, tracks: [...participant.tracks.filter((other) => other.source !== source), track] }
      : participant,
  )
}

export function removeTrack(participants: Participants, consumerId: string): Participants {
  return participants.map((participant) =>
    participant.tracks.some((track) => track.consumerId === consumerId)
      ? { ...participant, tracks: participant.tracks.filter((track) => track.consumerId !== consumerId) }
      : participant,
  )
}

export function changeTrack(
  participants: Participants,
  consumerId: string,
  change: { readonly paused: boolean } | { readonly media: RemoteMedia },
): Participants {
  return participants.map((participant) =>
    participant.tracks.some((track) => track.consumerId === consumerId)
      ? {
          ...participant,
          tracks: participant.tracks.map((track) =>
            track.consumerId === consumerId ? { ...track, ...change } : track,
          ),
        }
      : participant,
  )
}
