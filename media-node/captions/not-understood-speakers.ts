import type { CaptionsStatus } from '../../shared/protocol/caption.ts'
import type { Speaker } from './speaker-captions.ts'

/**
 * Tells speakers themselves that they are not understood, as they may read nothing: once, until words of theirs have come or
 * their microphone is gone, whatever becomes of the readers and of the engine's stream meanwhile.
 */
export class NotUnderstoodSpeakers {
  readonly #tell: (status: CaptionsStatus, participantId: string) => void
  /** Who was told, by their producer. */
  readonly #told = new Map<string, string>()

  constructor(tell: (status: CaptionsStatus, participantId: string) => void) {
    this.#tell = tell
  }

  take(status: CaptionsStatus, { participantId, producerId }: Speaker): void {
    if (status.reason !== 'not_understood' || this.#told.has(producerId)) return
    this.#told.set(producerId, participantId)
    this.#tell(status, participantId)
  }

  /** Words came, or there is no more sound of the producer. */
  over(producerId: string): void {
    const participantId = this.#told.get(producerId)
    if (participantId === undefined) return
    this.#told.delete(producerId)
    this.#tell({ status: 'resumed', participantId }, participantId)
  }

  /** They are not to be captioned. */
  drop(participantId: string): void {
    for (const [producerId, told] of this.#told) if (told === participantId) this.over(producerId)
  }
}
