import type { Clock } from '../../shared/clock.ts'
import type { SourceProducer } from './producers.ts'
import type { Room } from './room.ts'
import type { RoomObserver } from './room-observer.ts'

/** Milliseconds after which a key frame that has not come is asked for again. */
const ASK_AGAIN_MS = 2_000

/**
 * Asks senders for key frames until they come. mediasoup asks twice within a second, and forwards nothing to a receiver that
 * waits for one: if both requests are lost, as on an overloaded machine, the receiver has nothing by which it could miss it.
 * It asks no longer when nobody receives the producer; whoever begins to asks anew.
 */
export class MissingKeyFrames implements Partial<RoomObserver> {
  readonly #room: Pick<Room, 'participants' | 'failed'>
  readonly #clock: Clock
  /** What cancels the next request, by producer. */
  readonly #cancels = new Map<string, () => void>()

  constructor(room: Pick<Room, 'participants' | 'failed'>, clock: Clock) {
    this.#room = room
    this.#clock = clock
  }

  producerCreated(producer: SourceProducer): void {
    if (producer.kind !== 'video') return
    producer.on('trace', ({ type }) => (type === 'keyframe' ? this.#forget(producer) : this.#asked(producer)))
    // The worker asks of itself when it resumes.
    producer.observer.on('pause', () => this.#forget(producer))
    producer.enableTraceEvent(['keyframe', 'pli', 'fir']).catch((error) => {
      if (!producer.closed) this.#room.failed(error)
    })
  }

  producerClosed(producer: SourceProducer): void {
    this.#forget(producer)
  }

  #asked(producer: SourceProducer): void {
    this.#forget(producer)
    if (producer.closed) return
    this.#cancels.set(
      producer.id,
      this.#clock.after(ASK_AGAIN_MS, () => this.#askAgain(producer)),
    )
  }

  #askAgain(producer: SourceProducer): void {
    this.#forget(producer)
    // One receiver's request is enough, since the sender has one key frame for all of them.
    if (this.#room.participants.some((participant) => participant.requestKeyFrame(producer))) this.#asked(producer)
  }

  #forget({ id }: SourceProducer): void {
    this.#cancels.get(id)?.()
    this.#cancels.delete(id)
  }
}
