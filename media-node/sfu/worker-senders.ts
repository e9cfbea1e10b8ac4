import type { WebRtcTransport, Worker } from 'mediasoup/types'
import type { Sender } from './worker-kills.ts'
import type { WorkerReport } from './worker-report.ts'

/** Whose the transports of one worker are, and with that whom it died of. */
export class WorkerSenders {
  readonly #senders = new Map<string, Sender>()
  #killer: Sender | undefined

  /** By the worker's own words; undefined while it lives, and when nobody's packet or request was being handled. */
  get killer(): Sender | undefined {
    return this.#killer
  }

  /** A worker that died closes its transports before its last words are read, so those are kept. */
  claim(worker: Worker, transport: WebRtcTransport, sender: Sender): void {
    this.#senders.set(transport.id, sender)
    transport.observer.once('close', () => {
      if (!worker.died) this.#senders.delete(transport.id)
    })
  }

  /** Whom the report is about. */
  heard({ kind, senderId }: WorkerReport): Sender | undefined {
    const sender = senderId === undefined ? undefined : this.#senders.get(senderId)
    if (kind === 'crashed') this.#killer = sender
    return sender
  }
}
