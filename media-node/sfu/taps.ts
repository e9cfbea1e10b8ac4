import type { Consumer, DirectTransport, Router } from 'mediasoup/types'
import { CallError } from '../../shared/protocol/error-code.ts'
import type { SourceProducer } from './producers.ts'
import { Tap } from './tap.ts'

/** The taps of one room and the DirectTransport they share, which exists only while somebody uses it. */
export class Taps {
  readonly #router: Router
  readonly #taps = new Set<Tap>()
  #transport: Promise<DirectTransport> | undefined
  #opening = 0
  #closed = false

  constructor(router: Router) {
    this.#router = router
  }

  get count(): number {
    return this.#taps.size
  }

  get transports(): number {
    return this.#transport === undefined ? 0 : 1
  }

  /** @throws CallError `not_found` when the producer or the room closes first */
  async tap(producer: SourceProducer, onRtp: (packet: Buffer) => void): Promise<Tap> {
    this.#opening += 1
    try {
      const transport = await this.#directTransport()
      const consumer = await transport.consume({
        producerId: producer.id,
        rtpCapabilities: this.#router.rtpCapabilities,
      })
      return this.#own(consumer, producer, onRtp)
    } catch (cause) {
      if (!producer.closed && !this.#closed) throw cause
      throw new CallError('not_found', 'The producer has closed.', { cause })
    } finally {
      this.#opening -= 1
      this.#closeUnusedTransport()
    }
  }

  producerClosed(producer: SourceProducer): void {
    for (const tap of this.#taps) if (tap.producerId === producer.id) tap.close()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const tap of this.#taps) tap.close()
    this.#closeUnusedTransport()
  }

  #own(consumer: Consumer, producer: SourceProducer, onRtp: (packet: Buffer) => void): Tap {
    if (this.#closed || producer.closed) {
      consumer.close()
      throw new CallError('not_found', 'The producer has closed.')
    }
    const tap = new Tap(consumer, onRtp, () => {
      this.#taps.delete(tap)
      this.#closeUnusedTransport()
    })
    this.#taps.add(tap)
    return tap
  }

  /** One transport however many ask at once; a failure is forgotten, so that the next one tries again. */
  #directTransport(): Promise<DirectTransport> {
    if (this.#transport === undefined) {
      const creating = this.#router.createDirectTransport()
      creating.catch(() => {
        if (this.#transport === creating) this.#transport = undefined
      })
      this.#transport = creating
    }
    return this.#transport
  }

  #closeUnusedTransport(): void {
    if (this.#taps.size > 0 || (this.#opening > 0 && !this.#closed)) return
    this.#transport?.then((transport) => transport.close()).catch(() => undefined)
    this.#transport = undefined
  }
}
