import type { Consumer, RtpCapabilities, WebRtcTransport } from 'mediasoup/types'
import { CallError } from '../../shared/protocol/error-code.ts'
import type { ConsumerDescription } from '../../shared/protocol/messages.ts'
import { accepted } from './accepted.ts'
import { describeConsumer } from './descriptions.ts'
import type { ParticipantLink } from './participant-link.ts'
import type { SourceProducer } from './producers.ts'

export type ConsumersOptions = {
  readonly transport: WebRtcTransport
  readonly link: Pick<ParticipantLink, 'notify'>
  readonly canConsume: (producer: SourceProducer, rtpCapabilities: RtpCapabilities) => boolean
  /** The producers of all the other participants. */
  readonly producers: () => readonly SourceProducer[]
  /** Takes what went wrong where no request waits for an answer. */
  readonly failed: (error: unknown) => void
}

/** A consumer that the client was told of; its description is made once, but for whether its sender pauses. */
type Announced = { readonly consumer: Consumer; readonly description: ConsumerDescription }

/** All that one participant receives: exactly one consumer for each producer of the others that it can decode. */
export class Consumers {
  readonly #options: ConsumersOptions
  readonly #byProducer = new Map<string, Consumer | 'creating'>()
  readonly #announced = new Map<string, Announced>()
  #rtpCapabilities: RtpCapabilities | undefined
  #started = false
  #closed = false

  constructor(options: ConsumersOptions) {
    this.#options = options
    // By another network, or by the same one again: what was under way meanwhile is lost.
    options.transport.on('iceselectedtuplechange', () => this.refreshPictures())
  }

  get count(): number {
    return [...this.#byProducer.values()].filter((consumer) => consumer !== 'creating').length
  }

  /** Whether `start` is done. */
  get started(): boolean {
    return this.#started
  }

  /** All that the client was told of, as they are now. */
  get descriptions(): ConsumerDescription[] {
    return [...this.#announced.values()].map(({ consumer: { producerPaused }, description }) => ({
      ...description,
      producerPaused,
    }))
  }

  /** The first of each kind that flows: how these do says how the way to this client does. */
  get sampled(): Consumer[] {
    const flowing = [...this.#announced.values()].map(({ consumer }) => consumer)
    return (['audio', 'video'] as const).flatMap(
      (kind) =>
        flowing.find((consumer) => consumer.kind === kind && !consumer.paused && !consumer.producerPaused) ?? [],
    )
  }

  /**
   * Makes a consumer of every producer there is. These are not paused: the client has not connected its transport yet, so
   * no packet flows before it has applied them. Producers that come later are offered one by one.
   */
  async start(rtpCapabilities: RtpCapabilities): Promise<ConsumerDescription[]> {
    if (this.#rtpCapabilities !== undefined) throw new CallError('invalid_state', 'This participant receives already.')
    this.#rtpCapabilities = rtpCapabilities
    const present = this.#options.producers()
    const made = await Promise.all(present.map((producer) => this.#consume(producer, rtpCapabilities, 'flowing')))
    this.#started = true
    for (const producer of this.#options.producers()) this.offer(producer)
    return present.flatMap((producer, index) => {
      const consumer = made[index]
      return consumer === undefined || consumer.closed ? [] : [this.#announce(consumer, producer)]
    })
  }

  /**
   * Makes a consumer of a new producer and tells the client. One that comes while `start` is under way is taken up when
   * it is done, so that the client hears of it after the answer to its request.
   */
  offer(producer: SourceProducer): void {
    if (!this.#started || this.#rtpCapabilities === undefined) return
    this.#push(producer, this.#rtpCapabilities).catch(this.#options.failed)
  }

  /** Closes the consumer of a producer that is about to close. */
  withdraw(producer: SourceProducer): void {
    const consumer = this.#byProducer.get(producer.id)
    this.#byProducer.delete(producer.id)
    if (consumer === undefined || consumer === 'creating') return
    consumer.close()
    if (this.#announced.delete(consumer.id)) this.#options.link.notify('consumer-closed', { consumerId: consumer.id })
  }

  async resume(consumerId: string): Promise<void> {
    const announced = this.#announced.get(consumerId)
    if (announced === undefined) throw new CallError('not_found', 'This participant has no such consumer.')
    await accepted(announced.consumer.resume())
  }

  /** Asks the sender for a key frame; answers whether it flows to this client, and so was asked. */
  requestKeyFrame(producer: SourceProducer): boolean {
    const { iceState, dtlsState } = this.#options.transport
    const consumer = this.#byProducer.get(producer.id)
    if (consumer === undefined || consumer === 'creating' || consumer.paused) return false
    if (dtlsState !== 'connected' || iceState === 'disconnected') return false
    // It may close meanwhile, and then nobody misses a picture.
    consumer.requestKeyFrame().catch(() => undefined)
    return true
  }

  /** Has senders begin anew with a whole picture: the client has missed some, and each is a change of the one before. */
  refreshPictures(): void {
    for (const { consumer } of this.#announced.values()) {
      // It may close meanwhile, and then nobody misses a picture.
      if (consumer.kind === 'video') consumer.requestKeyFrame().catch(() => undefined)
    }
  }

  /** For the participant, which then closes the transport and with it the consumers. */
  close(): void {
    this.#closed = true
    this.#byProducer.clear()
    this.#announced.clear()
  }

  async #push(producer: SourceProducer, rtpCapabilities: RtpCapabilities): Promise<void> {
    const consumer = await this.#consume(producer, rtpCapabilities, 'paused')
    if (consumer !== undefined) this.#options.link.notify('consumer-created', this.#announce(consumer, producer))
  }

  /** Answers nothing when there is a consumer already, the client cannot decode it, or either side closed meanwhile. */
  async #consume(
    producer: SourceProducer,
    rtpCapabilities: RtpCapabilities,
    begin: 'flowing' | 'paused',
  ): Promise<Consumer | undefined> {
    const { transport, canConsume } = this.#options
    if (this.#byProducer.has(producer.id) || !canConsume(producer, rtpCapabilities)) return undefined
    this.#byProducer.set(producer.id, 'creating')
    try {
      const paused = begin === 'paused'
      return this.#own(await transport.consume({ producerId: producer.id, rtpCapabilities, paused }), producer)
    } catch (error) {
      this.#byProducer.delete(producer.id)
      if (producer.closed || this.#closed) return undefined
      throw error
    }
  }

  /** Keeps what was created while awaiting; closes it if its producer or the participant went meanwhile. */
  #own(consumer: Consumer, producer: SourceProducer): Consumer | undefined {
    if (this.#closed || producer.closed) {
      consumer.close()
      return undefined
    }
    this.#byProducer.set(producer.id, consumer)
    return consumer
  }

  #announce(consumer: Consumer, producer: SourceProducer): ConsumerDescription {
    const { link } = this.#options
    const description = describeConsumer(consumer, producer)
    this.#announced.set(consumer.id, { consumer, description })
    consumer.on('producerpause', () => link.notify('consumer-paused', { consumerId: consumer.id }))
    consumer.on('producerresume', () => link.notify('consumer-resumed', { consumerId: consumer.id }))
    return description
  }
}
