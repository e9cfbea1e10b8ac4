import type { types } from 'mediasoup-client'
import type { ConsumerDescription } from '../../shared/protocol/messages.ts'
import { rtpCapabilities } from '../../shared/protocol/rtp.ts'
import { knownParameters } from './known-rtp.ts'
import type { RemoteMedia } from './participants.ts'
import type { Request } from './signalling.ts'
import { wireForm } from './wire-form.ts'

export type ReceiverEvents = {
  readonly onTrack: (description: ConsumerDescription) => void
  readonly onMedia: (consumerId: string, media: RemoteMedia) => void
}

/** What this participant receives. It owns the receiving transport and its consumers. */
export class Receiver {
  readonly #transport: types.Transport
  readonly #request: Request
  readonly #events: ReceiverEvents
  /** Null while a consumer is being made. */
  readonly #consumers = new Map<string, types.Consumer | null>()

  constructor(options: { transport: types.Transport; request: Request; events: ReceiverEvents }) {
    this.#transport = options.transport
    this.#request = options.request
    this.#events = options.events
  }

  /**
   * Asks for everything that is sent now and will be. The consumers in the answer flow at once; asked of the transport
   * in one go, they cost one SDP round however many they are.
   */
  async start(capabilities: types.RtpCapabilities): Promise<void> {
    const { consumers } = await this.#request('receive', { rtpCapabilities: wireForm(rtpCapabilities, capabilities) })
    await Promise.all(consumers.map((description) => this.#consume(description)))
  }

  /** Takes a track that came later, unless it is here; its packets wait until this side is ready for them. */
  async add(description: ConsumerDescription): Promise<void> {
    const consumer = await this.#consume(description)
    if (consumer) await this.#request('resume-consumer', { consumerId: consumer.id })
  }

  remove(consumerId: string): void {
    this.#consumers.get(consumerId)?.close()
    this.#consumers.delete(consumerId)
  }

  /** Those here that are not among `consumers`. */
  unlisted(consumers: readonly ConsumerDescription[]): readonly string[] {
    const listed = new Set(consumers.map(({ consumerId }) => consumerId))
    return [...this.#consumers.keys()].filter((consumerId) => !listed.has(consumerId))
  }

  getStats(): Promise<RTCStatsReport> {
    return this.#transport.getStats()
  }

  close(): void {
    this.#transport.close()
    this.#consumers.clear()
  }

  async #consume(description: ConsumerDescription): Promise<types.Consumer | undefined> {
    const { consumerId: id, producerId, participantId: streamId, kind } = description
    if (this.#consumers.has(id)) return undefined
    const rtpParameters = knownParameters(description.rtpParameters)
    this.#consumers.set(id, null)
    this.#events.onTrack(description)
    try {
      // One stream per participant, so that the browser keeps lips and voice together.
      const consumer = await this.#transport.consume({ id, producerId, kind, rtpParameters, streamId })
      return this.#keep(consumer)
    } catch {
      // One track that this browser cannot play must not cost the others; its participant's tile says so.
      if (this.#consumers.delete(id)) this.#events.onMedia(id, { status: 'failed' })
      return undefined
    }
  }

  /** Closes the consumer if its track went, or the call ended, while it was being made. */
  #keep(consumer: types.Consumer): types.Consumer | undefined {
    if (!this.#consumers.has(consumer.id)) {
      consumer.close()
      return undefined
    }
    this.#consumers.set(consumer.id, consumer)
    this.#tell(consumer)
    consumer.track.addEventListener('unmute', () => this.#tell(consumer))
    return consumer
  }

  /** W3C WebRTC, §5.3: a remote track is muted until packets of it arrive. */
  #tell({ id, track }: types.Consumer): void {
    if (this.#consumers.has(id)) this.#events.onMedia(id, { status: 'live', track, flowing: !track.muted })
  }
}
