import type { Producer, WebRtcTransport } from 'mediasoup/types'
import { CallError } from '../../shared/protocol/error-code.ts'
import type { Requests, Source } from '../../shared/protocol/messages.ts'
import type { MediaKind } from '../../shared/protocol/rtp.ts'
import { accepted } from './accepted.ts'

export type ProducerData = { readonly participantId: string; readonly source: Source }

/** A producer that knows whose it is and what it shows. */
export type SourceProducer = Producer<ProducerData>

/** Whoever makes consumers for a producer, and closes them before it. */
export type ProducerAudience = {
  producerCreated(producer: SourceProducer): void
  producerClosed(producer: SourceProducer): void
}

const kindOf: Readonly<Record<Source, MediaKind>> = { microphone: 'audio', camera: 'video' }

/**
 * Milliseconds between two key frames that are asked of a sender, however many receivers want one: each is a burst for its
 * uplink and for everybody. The first is asked for at once.
 */
const KEY_FRAME_REQUEST_DELAY_MS = 1_000

/** All that one participant sends: at most one producer for each source. */
export class Producers {
  readonly #participantId: string
  readonly #transport: WebRtcTransport
  readonly #audience: ProducerAudience
  readonly #bySource = new Map<Source, SourceProducer | 'creating'>()
  #closed = false

  constructor(options: { participantId: string; transport: WebRtcTransport; audience: ProducerAudience }) {
    this.#participantId = options.participantId
    this.#transport = options.transport
    this.#audience = options.audience
  }

  get all(): readonly SourceProducer[] {
    return [...this.#bySource.values()].filter((producer) => producer !== 'creating')
  }

  /** @throws CallError `bad_request`, or `invalid_state` when this source is sent already */
  async produce({ kind, source, rtpParameters }: Requests['produce']['data']): Promise<SourceProducer> {
    if (kindOf[source] !== kind) throw new CallError('bad_request', `A ${source} is ${kindOf[source]}.`)
    if (this.#bySource.has(source)) throw new CallError('invalid_state', `This participant sends a ${source} already.`)
    this.#bySource.set(source, 'creating')
    try {
      const appData = { participantId: this.#participantId, source }
      const producer = this.#own(
        await accepted(
          this.#transport.produce({ kind, rtpParameters, appData, keyFrameRequestDelay: KEY_FRAME_REQUEST_DELAY_MS }),
        ),
      )
      this.#bySource.set(source, producer)
      this.#audience.producerCreated(producer)
      return producer
    } catch (error) {
      this.#bySource.delete(source)
      throw error
    }
  }

  closeProducer(producerId: string): void {
    const producer = this.#find(producerId)
    this.#bySource.delete(producer.appData.source)
    this.#audience.producerClosed(producer)
    producer.close()
  }

  async pause(producerId: string): Promise<void> {
    await accepted(this.#find(producerId).pause())
  }

  async resume(producerId: string): Promise<void> {
    await accepted(this.#find(producerId).resume())
  }

  /** For the participant, which then closes the transport and with it the producers. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const producer of this.all) this.#audience.producerClosed(producer)
    this.#bySource.clear()
  }

  #find(producerId: string): SourceProducer {
    const found = this.all.find((producer) => producer.id === producerId)
    if (found === undefined) throw new CallError('not_found', 'This participant has no such producer.')
    return found
  }

  /** Closes what was created while the participant left. */
  #own(producer: SourceProducer): SourceProducer {
    if (!this.#closed) return producer
    producer.close()
    throw new CallError('invalid_state', 'The participant has left.')
  }
}
