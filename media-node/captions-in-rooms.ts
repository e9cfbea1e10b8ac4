import type { Requests } from '../shared/protocol/messages.ts'
import type { Captions, FinalKeeper, RoomCaptions } from './captions/captions.ts'
import type { Participant } from './sfu/participant.ts'
import type { SourceProducer } from './sfu/producers.ts'
import type { Room } from './sfu/room.ts'
import type { CaptionSwitch } from './signalling/handlers.ts'

/** Joins the captions to the rooms: every microphone is a speaker, and who turns captions on is a reader. */
export class CaptionsInRooms implements CaptionSwitch {
  readonly #captions: Pick<Captions, 'room'>
  readonly #keeper: FinalKeeper
  readonly #byParticipant = new Map<Participant, RoomCaptions>()

  constructor(captions: Pick<Captions, 'room'>, keeper: FinalKeeper) {
    this.#captions = captions
    this.#keeper = keeper
  }

  /** Follows a room until it closes. */
  follow(room: Room): void {
    const joined = new Set<Participant>()
    const captions = this.#captions.room(room, {
      active: (active) => {
        const data = { active }
        for (const { link } of joined) link.notify('captions-active', data)
      },
      final: (line) => this.#keeper.keep({ roomId: room.id, createdAt: room.createdAt }, line),
      speakerStatus: (status, participantId) => {
        for (const { id, link } of joined) if (id === participantId) link.notify('captions-status', status)
      },
    })
    room.observe({
      participantJoined: (participant) => {
        joined.add(participant)
        this.#byParticipant.set(participant, captions)
        if (captions.active) participant.link.notify('captions-active', { active: true })
      },
      participantLeft: (participant, reason) => {
        joined.delete(participant)
        this.#byParticipant.delete(participant)
        if (reason === 'connection_lost' || reason === 'replaced') captions.loseReader(participant.id)
        else captions.removeReader(participant.id)
      },
      participantChanged: (participant) => {
        if (!participant.description.captioned) captions.optOut(participant.id)
        for (const producer of participant.producers) follow(captions, producer, participant)
      },
      producerCreated: (producer, participant) => follow(captions, producer, participant),
      producerClosed: (producer) => captions.removeSpeaker(producer.id),
      closed: () => captions.close(),
    })
  }

  setCaptions(
    participant: Participant,
    { enabled, language = participant.description.language }: Requests['set-captions']['data'],
  ): Requests['set-captions']['reply'] {
    const captions = this.#byParticipant.get(participant)
    const { id, link } = participant
    if (enabled) return { captions: captions?.addReader({ participantId: id, language, notify: link.notify }) ?? [] }
    captions?.removeReader(id)
    return { captions: [] }
  }

  active(participant: Participant): boolean {
    return this.#byParticipant.get(participant)?.active ?? false
  }
}

/** What somebody says is captioned unless they opted out. */
function follow(captions: RoomCaptions, producer: SourceProducer, { id, description }: Participant): void {
  const { displayName, language, captioned } = description
  if (producer.kind === 'audio' && captioned)
    captions.addSpeaker({ participantId: id, displayName, producerId: producer.id, language })
}
