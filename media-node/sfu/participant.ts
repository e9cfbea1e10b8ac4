import type { RtpCapabilities, WebRtcTransport } from 'mediasoup/types'
import { logLife } from '../../shared/log-life.ts'
import type { Logger } from '../../shared/logging.ts'
import { CallError } from '../../shared/protocol/error-code.ts'
import type {
  ConsumerDescription,
  Notifications,
  ParticipantDescription,
  Requests,
} from '../../shared/protocol/messages.ts'
import type { IceParameters, TransportDescription } from '../../shared/protocol/transport.ts'
import { accepted } from './accepted.ts'
import type { CloseReason } from './close-reason.ts'
import { Consumers } from './consumers.ts'
import { describeTransport } from './descriptions.ts'
import { type MediaSample, sampleMedia } from './media-sample.ts'
import type { ParticipantLink } from './participant-link.ts'
import { Producers, type SourceProducer } from './producers.ts'

/** What a participant needs of its room. */
export type ParticipantRoom = {
  createTransport(participant: Participant): Promise<WebRtcTransport>
  canConsume(producer: SourceProducer, rtpCapabilities: RtpCapabilities): boolean
  producersOfOthers(participant: Participant): readonly SourceProducer[]
  /** Lets the participant in: greets it and tells the others. */
  participantJoined(participant: Participant, transports: TransportPair): void
  /** Tells a participant, which other connections carried before, how everything is. */
  participantResumed(participant: Participant, rest: ResumedRest): void
  participantClosed(participant: Participant, reason: CloseReason): void
  producerCreated(producer: SourceProducer, participant: Participant): void
  producerClosed(producer: SourceProducer, participant: Participant): void
  /** The description of a participant is another one now. */
  participantChanged(participant: Participant): void
  failed(error: unknown): void
}

export type TransportPair = {
  readonly sendTransport: TransportDescription
  readonly receiveTransport: TransportDescription
}

/** What a room does not know of itself. */
export type ResumedRest = Pick<Notifications['resumed'], 'captionsActive'>

export type ParticipantCounts = { readonly transports: number; readonly producers: number; readonly consumers: number }

/** What a participant has once its transports exist. */
type Media = { readonly producers: Producers; readonly consumers: Consumers }

/** One person's connection in a room; owns two transports and, through them, producers and consumers. */
export class Participant {
  readonly id: string
  readonly link: ParticipantLink
  /** By what whoever joined is counted. */
  readonly caller: string
  /** Names this participant, their room and their join in each line. */
  readonly logger: Logger
  readonly #room: ParticipantRoom
  #description: ParticipantDescription
  readonly #transports = new Map<string, { readonly transport: WebRtcTransport; connected: boolean }>()
  #media: Media | undefined
  readonly #logClosed: (reason: CloseReason) => void
  #closeReason: CloseReason | undefined

  constructor(options: {
    description: ParticipantDescription
    link: ParticipantLink
    caller: string
    room: ParticipantRoom
    logger: Logger
  }) {
    this.id = options.description.participantId
    this.#description = options.description
    this.link = options.link
    this.caller = options.caller
    this.#room = options.room
    this.logger = options.logger
    this.#logClosed = logLife(this.logger, 'info', 'participant')
  }

  get description(): ParticipantDescription {
    return this.#description
  }

  get closed(): boolean {
    return this.#closeReason !== undefined
  }

  /** Why they went; undefined while they are here. */
  get closeReason(): CloseReason | undefined {
    return this.#closeReason
  }

  get producers(): readonly SourceProducer[] {
    return this.#media?.producers.all ?? []
  }

  /** What the client was told that it receives, as it is now. */
  get consumers(): ConsumerDescription[] {
    return this.#media?.consumers.descriptions ?? []
  }

  /** Whether `receive` is done. */
  get receiving(): boolean {
    return this.#media?.consumers.started ?? false
  }

  counts(): ParticipantCounts {
    return {
      transports: this.#transports.size,
      producers: this.producers.length,
      consumers: this.#media?.consumers.count ?? 0,
    }
  }

  /** How their media does: both transports, what they send, and one of each kind that they receive. */
  sampleMedia(): Promise<MediaSample> {
    return sampleMedia({
      transports: [...this.#transports.values()].map(({ transport }) => transport),
      producers: this.producers,
      consumers: this.#media?.consumers.sampled ?? [],
    })
  }

  /** Creates both transports and joins. Does nothing more when the participant closes meanwhile. */
  async open(): Promise<void> {
    const [send, receive] = await Promise.all([this.#createTransport(), this.#createTransport()])
    if (this.closed) return
    this.#media = {
      producers: new Producers({
        participantId: this.id,
        transport: send,
        audience: {
          producerCreated: (producer) => this.#room.producerCreated(producer, this),
          producerClosed: (producer) => this.#room.producerClosed(producer, this),
        },
      }),
      consumers: new Consumers({
        transport: receive,
        link: this.link,
        canConsume: (producer, rtpCapabilities) => this.#room.canConsume(producer, rtpCapabilities),
        producers: () => this.#room.producersOfOthers(this),
        failed: (error) => this.#room.failed(error),
      }),
    }
    const transports = { sendTransport: describeTransport(send), receiveTransport: describeTransport(receive) }
    this.#room.participantJoined(this, transports)
  }

  /** @throws CallError `not_found`, `bad_request`, or `invalid_state` when it was connected before */
  async connectTransport({ transportId, dtlsParameters }: Requests['connect-transport']['data']): Promise<void> {
    const owned = this.#transports.get(transportId)
    if (owned === undefined) throw new CallError('not_found', 'This participant has no such transport.')
    if (owned.connected) throw new CallError('invalid_state', 'This transport is connected already.')
    owned.connected = true
    try {
      await accepted(owned.transport.connect({ dtlsParameters }))
    } catch (error) {
      owned.connected = false
      throw error
    }
  }

  /** @throws CallError `not_found` */
  async restartIce(transportId: string): Promise<IceParameters> {
    const owned = this.#transports.get(transportId)
    if (owned === undefined) throw new CallError('not_found', 'This participant has no such transport.')
    return await accepted(owned.transport.restartIce())
  }

  receive(rtpCapabilities: RtpCapabilities): Promise<ConsumerDescription[]> {
    return this.#joined().consumers.start(rtpCapabilities)
  }

  produce(data: Requests['produce']['data']): Promise<SourceProducer> {
    return this.#joined().producers.produce(data)
  }

  closeProducer(producerId: string): void {
    this.#joined().producers.closeProducer(producerId)
  }

  pauseProducer(producerId: string): Promise<void> {
    return this.#joined().producers.pause(producerId)
  }

  resumeProducer(producerId: string): Promise<void> {
    return this.#joined().producers.resume(producerId)
  }

  resumeConsumer(consumerId: string): Promise<void> {
    return this.#joined().consumers.resume(consumerId)
  }

  /** Which language this participant speaks from now on, and whether their speech may be tapped. */
  setSpeech(change: Requests['set-speech']['data']): void {
    this.#joined()
    this.#description = { ...this.#description, ...change }
    this.#room.participantChanged(this)
  }

  /** The client has another connection now, and may have missed anything. */
  catchUp(rest: ResumedRest): void {
    if (this.closed) return
    this.#room.participantResumed(this, rest)
    this.#media?.consumers.refreshPictures()
  }

  /** For the room: somebody else sends a new track. */
  offer(producer: SourceProducer): void {
    this.#media?.consumers.offer(producer)
  }

  /** For the room: somebody else is about to stop sending a track. */
  withdraw(producer: SourceProducer): void {
    this.#media?.consumers.withdraw(producer)
  }

  /** Asks the sender of this track for a key frame; answers whether the track flows to this participant, and so was asked. */
  requestKeyFrame(producer: SourceProducer): boolean {
    return this.#media?.consumers.requestKeyFrame(producer) ?? false
  }

  close(reason: CloseReason): void {
    if (this.closed) return
    this.#closeReason = reason
    this.#media?.producers.close()
    this.#media?.consumers.close()
    for (const { transport } of this.#transports.values()) transport.close()
    this.#transports.clear()
    this.#room.participantClosed(this, reason)
    this.link.close(reason)
    this.#logClosed(reason)
  }

  #joined(): Media {
    if (this.#media === undefined || this.closed)
      throw new CallError('invalid_state', 'This participant is not joined.')
    return this.#media
  }

  async #createTransport(): Promise<WebRtcTransport> {
    return this.#own(await this.#room.createTransport(this))
  }

  /** Keeps what was created while awaiting; closes it if the participant left meanwhile. */
  #own(transport: WebRtcTransport): WebRtcTransport {
    if (this.closed) transport.close()
    else this.#transports.set(transport.id, { transport, connected: false })
    return transport
  }
}
