import type { Requests } from '../shared/protocol/messages.ts'
import type { Captions, RoomCaptions } from './captions/captions.ts'
import type { Participant } from './sfu/participant.ts'
import type { Room } from './sfu/room.ts'
import type { CaptionSwitch } from './signalling/handlers.ts'

/** Joins the captions to the rooms: every microphone is a speaker, and who turns captions on is a reader. */
export class CaptionsInRooms implements CaptionSwitch {
  readonly #captions: Captions
  readonly #byParticipant = new Map<Participant, RoomCaptions>()

  constructor(captions: Captions) {
    this.#captions = captions
  }

  /** Follows a room until it closes. */
  follow(room: Room): void {
    const captions = this.#captions.room(room)
    room.observe({
      participantJoined: (participant) => this.#byParticipant.set(participant, captions),
      participantLeft: (participant) => {
        this.#byParticipant.delete(participant)
        captions.removeReader(participant.id)
      },
      producerCreated: (producer, { id, description }) => {
        if (producer.kind !== 'audio') return
        captions.addSpeaker({ participantId: id, producerId: producer.id, language: description.language })
      },
      producerClosed: (producer) => {
        if (producer.kind === 'audio') captions.removeSpeaker(producer.id)
      },
      closed: () => captions.close(),
    })
  }

  setCaptions(
    participant: Participant,
    { enabled }: Requests['set-captions']['data'],
  ): Requests['set-captions']['reply'] {
    const captions = this.#byParticipant.get(participant)
    if (enabled) captions?.addReader({ participantId: participant.id, notify: participant.link.notify })
    else captions?.removeReader(participant.id)
    return { captions: [] }
  }
}
