import type { Consumer, RtpParameters } from 'mediasoup/types'

/** One speaker's RTP leaving the SFU. Its packets are handed on until it closes, with its producer at the latest. */
export class Tap {
  readonly #consumer: Consumer
  readonly #released: () => void
  #closed = false

  constructor(consumer: Consumer, onRtp: (packet: Buffer) => void, released: () => void) {
    this.#consumer = consumer
    this.#released = released
    consumer.on('rtp', onRtp)
  }

  get producerId(): string {
    return this.#consumer.producerId
  }

  /** How to read the packets: payload type, and the ids of the header extensions such as the audio level (RFC 6464). */
  get rtpParameters(): RtpParameters {
    return this.#consumer.rtpParameters
  }

  get closed(): boolean {
    return this.#closed
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#consumer.close()
    this.#consumer.removeAllListeners('rtp')
    this.#released()
  }
}
