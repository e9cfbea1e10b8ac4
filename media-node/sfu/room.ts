import type { Router, RtpCapabilities, WebRtcServer } from 'mediasoup/types'
import type { Logger } from '../../shared/logging.ts'
import { CallError } from '../../shared/protocol/error-code.ts'
import type { Event, Notifications } from '../../shared/protocol/messages.ts'
import { ActiveSpeakers, audioLevelObserverOptions } from './active-speakers.ts'
import { type CloseReason, type RoomCloseReason, toldOf } from './close-reason.ts'
import { describeCapabilities } from './descriptions.ts'
import { Participant, type ParticipantRoom, type ResumedRest, type TransportPair } from './participant.ts'
import type { ParticipantLink } from './participant-link.ts'
import type { SourceProducer } from './producers.ts'
import { type RoomCounts, roomCounts } from './room-counts.ts'
import { type Migration, RoomMigration } from './room-migration.ts'
import type { RoomObserver } from './room-observer.ts'
import { RoomObservers } from './room-observers.ts'
import type { Newcomer, RoomOptions } from './room-options.ts'
import type { Tap } from './tap.ts'
import { Taps } from './taps.ts'
import { logTaps, watchTransport } from './watch-transport.ts'
import type { RouterHome } from './worker-pool.ts'

/** Bits per second assumed towards a client until its bandwidth has been estimated. */
const INITIAL_OUTGOING_BITRATE = 1_000_000

/** How long a room stays that nobody has entered: whoever opened it is about to. */
const NEVER_ENTERED_MS = 10_000

/** One conversation, on one router. */
export class Room implements ParticipantRoom {
  readonly id: string
  readonly epoch: number
  /** Milliseconds since the Unix epoch. */
  readonly openedAt: number
  readonly #options: RoomOptions
  readonly #logger: Logger
  readonly #router: Router
  readonly #webRtcServer: WebRtcServer
  readonly #activeSpeakers: ActiveSpeakers
  readonly #taps: Taps
  readonly #migration: RoomMigration
  /** Everybody who has a place, also those whose transports are still being created. */
  readonly #participants = new Map<string, Participant>()
  readonly #joined = new Set<Participant>()
  readonly #observers: RoomObservers
  #cancelEmptyTimeout: (() => void) | undefined
  #emptySince: number | undefined
  #capabilities: Notifications['welcome']['routerRtpCapabilities'] | undefined
  #closeReason: RoomCloseReason | undefined

  /** @throws CallError `unavailable` when the worker dies meanwhile */
  static async create(options: RoomOptions, home: RouterHome): Promise<Room> {
    try {
      const observer = await home.router.createAudioLevelObserver(audioLevelObserverOptions)
      return new Room(options, home, (changed) => new ActiveSpeakers(observer, changed))
    } catch (cause) {
      home.router.close()
      throw new CallError('unavailable', 'The room could not be opened.', { cause })
    }
  }

  private constructor(
    options: RoomOptions,
    { router, webRtcServer }: RouterHome,
    activeSpeakers: (changed: (participantIds: string[]) => void) => ActiveSpeakers,
  ) {
    this.id = options.id
    this.epoch = options.epoch
    this.openedAt = options.clock.now()
    this.#options = options
    this.#logger = options.logger
    this.#router = router
    this.#webRtcServer = webRtcServer
    this.#taps = new Taps(router)
    logTaps(router, { logger: this.#logger, closeReason: () => this.#closeReason })
    this.#observers = new RoomObservers(this.#logger)
    this.#migration = new RoomMigration({
      clock: options.clock,
      count: options.metrics.migrated,
      overdue: (reason) => this.close(reason),
    })
    this.#activeSpeakers = activeSpeakers((participantIds) => this.#broadcast('active-speakers', { participantIds }))
    router.on('workerclose', () => this.close('unavailable'))
    this.#closeIfEmptyFor(Math.min(NEVER_ENTERED_MS, options.emptyTimeoutMs))
  }

  /** By what whoever opened it is counted. */
  get openedBy(): string {
    return this.#options.openedBy
  }

  /** When the last participant left, in milliseconds since the Unix epoch; undefined while somebody is here, or to come. */
  get emptySince(): number | undefined {
    return this.#emptySince
  }

  /** Why the room went; undefined while it is open. */
  get closeReason(): RoomCloseReason | undefined {
    return this.#closeReason
  }

  /** Whether it is another media node's already. */
  get moved(): boolean {
    return this.#migration.reason === 'moved'
  }

  /** How many have a place. */
  get size(): number {
    return this.#participants.size
  }

  /** All who have a place, at this moment. */
  get participants(): readonly Participant[] {
    return [...this.#participants.values()]
  }

  counts(): RoomCounts {
    return roomCounts(this.#participants.values(), this.#taps)
  }

  /** The router as its worker sees it. */
  dump(): ReturnType<Router['dump']> {
    return this.#router.dump()
  }

  /**
   * Gives somebody a place, which counts from now on; `open` of the participant then lets them in. Whoever has the same id
   * is replaced.
   *
   * @throws CallError `room_full`, `rate_limited` when too many here are of one address, `no_capacity`, or why the room closed
   */
  add({ description, maxParticipants, caller, traceId }: Newcomer, link: ParticipantLink): Participant {
    if (this.#closeReason !== undefined) throw new CallError(toldOf(this.#closeReason), 'The room has closed.')
    this.#participants.get(description.participantId)?.close('replaced')
    if (this.#participants.size >= maxParticipants) throw new CallError('room_full', 'The room is full.')
    if (this.participants.filter((other) => other.caller === caller).length >= this.#options.maxParticipantsPerCaller)
      throw new CallError('rate_limited', 'Too many participants of this room come from this address.')
    this.#options.checkCapacity()
    const { participantId } = description
    const logger = this.#logger.child({ participantId, ...(traceId !== undefined && { traceId }) })
    const participant = new Participant({ description, link, caller, room: this, logger })
    this.#participants.set(participant.id, participant)
    this.#options.metrics.participantCame()
    this.#cancelEmptyTimeout?.()
    this.#emptySince = undefined
    return participant
  }

  /** Follows the room until the returned function is called or the room closes. */
  observe(observer: Partial<RoomObserver>): () => void {
    return this.#observers.add(observer)
  }

  /** @throws CallError `not_found` when there is no such producer or it closes first, `forbidden` when its speaker opted out */
  async tap(producerId: string, onRtp: (packet: Buffer) => void): Promise<Tap> {
    const speaker = [...this.#joined].find(({ producers }) => producers.some(({ id }) => id === producerId))
    const producer = speaker?.producers.find(({ id }) => id === producerId)
    if (speaker === undefined || producer === undefined)
      throw new CallError('not_found', 'The room has no such producer.')
    const tap = speaker.description.captioned ? await this.#taps.tap(producer, onRtp) : undefined
    if (tap !== undefined && speaker.description.captioned) return tap
    tap?.close()
    throw new CallError('forbidden', 'This participant is not to be captioned.')
  }

  /**
   * Asks everybody, present and future, to follow the room to another media node. It closes when they have, at the
   * deadline at the latest. What has moved stays so.
   */
  migrate(migration: Migration): void {
    if (this.#closeReason === undefined) this.#migration.begin(migration, this.#joined)
  }

  /** The drain that the room was to leave for is cancelled. */
  stay(): void {
    this.#migration.cancel()
  }

  close(reason: RoomCloseReason): void {
    if (this.#closeReason !== undefined) return
    this.#closeReason = reason
    this.#cancelEmptyTimeout?.()
    this.#migration.close()
    for (const participant of this.#participants.values()) participant.close(toldOf(reason))
    this.#taps.close()
    this.#router.close()
    this.#observers.tell((observer) => observer.closed?.())
    this.#observers.clear()
    this.#options.closed(this, reason)
  }

  async createTransport(participant: Participant): ReturnType<Router['createWebRtcTransport']> {
    const transport = await this.#router.createWebRtcTransport({
      webRtcServer: this.#webRtcServer,
      preferUdp: true,
      initialAvailableOutgoingBitrate: INITIAL_OUTGOING_BITRATE,
    })
    const { metrics } = this.#options
    watchTransport(transport, { logger: participant.logger, metrics, closeReason: () => participant.closeReason })
    return transport
  }

  canConsume(producer: SourceProducer, rtpCapabilities: RtpCapabilities): boolean {
    return this.#router.canConsume({ producerId: producer.id, rtpCapabilities })
  }

  producersOfOthers(participant: Participant): readonly SourceProducer[] {
    return this.#others(participant).flatMap((other) => other.producers)
  }

  participantJoined(participant: Participant, transports: TransportPair): void {
    participant.link.greet({
      roomId: this.id,
      participantId: participant.id,
      nodeId: this.#options.nodeId,
      epoch: this.epoch,
      routerRtpCapabilities: this.#describedCapabilities(),
      ...transports,
      participants: [...this.#joined].map(({ description }) => description),
    })
    this.#broadcast('participant-joined', participant.description)
    this.#joined.add(participant)
    this.#observers.tell((observer) => observer.participantJoined?.(participant))
    this.#migration.ask(participant)
  }

  participantResumed(participant: Participant, rest: ResumedRest): void {
    participant.link.notify('resumed', {
      participants: this.#others(participant).map(({ description }) => description),
      consumers: participant.consumers,
      producers: participant.producers.map(({ id, appData }) => ({ producerId: id, source: appData.source })),
      ...rest,
    })
    this.#migration.ask(participant)
  }

  participantClosed(participant: Participant, reason: CloseReason): void {
    if (this.#participants.get(participant.id) === participant) this.#participants.delete(participant.id)
    const wasJoined = this.#joined.delete(participant)
    this.#options.metrics.participantLeft(reason)
    if (wasJoined) this.#observers.tell((observer) => observer.participantLeft?.(participant, reason))
    this.#migration.gone(participant, reason)
    if (this.#closeReason !== undefined) return
    if (wasJoined) this.#broadcast('participant-left', { participantId: participant.id })
    if (this.#participants.size > 0) return
    const { closeReason } = this.#migration
    if (closeReason === undefined) this.#becameEmpty()
    else this.close(closeReason)
  }

  producerCreated(producer: SourceProducer, participant: Participant): void {
    if (producer.kind === 'audio')
      this.#activeSpeakers.add(producer).catch((error) => this.#unlessClosed(producer, error))
    for (const other of this.#others(participant)) other.offer(producer)
    this.#observers.tell((observer) => observer.producerCreated?.(producer, participant))
  }

  producerClosed(producer: SourceProducer, participant: Participant): void {
    this.#activeSpeakers.producerClosed(producer)
    this.#observers.tell((observer) => observer.producerClosed?.(producer, participant))
    this.#taps.producerClosed(producer)
    if (this.#closeReason !== undefined) return
    for (const other of this.#others(participant)) other.withdraw(producer)
  }

  participantChanged(participant: Participant): void {
    if (!participant.description.captioned)
      for (const producer of participant.producers) this.#taps.producerClosed(producer)
    for (const other of this.#others(participant)) other.link.notify('participant-changed', participant.description)
    this.#observers.tell((observer) => observer.participantChanged?.(participant))
  }

  failed(error: unknown): void {
    if (this.#closeReason === undefined) this.#logger.error({ err: error }, 'the media plane failed')
  }

  #unlessClosed(producer: SourceProducer, error: unknown): void {
    if (!producer.closed) this.failed(error)
  }

  #others(participant: Participant): Participant[] {
    return [...this.#joined].filter((other) => other !== participant)
  }

  #broadcast<E extends Event>(event: E, data: Notifications[E]): void {
    for (const participant of this.#joined) participant.link.notify(event, data)
  }

  #describedCapabilities(): Notifications['welcome']['routerRtpCapabilities'] {
    this.#capabilities ??= describeCapabilities(this.#router.rtpCapabilities)
    return this.#capabilities
  }

  #becameEmpty(): void {
    this.#emptySince = this.#options.clock.now()
    this.#closeIfEmptyFor(this.#options.emptyTimeoutMs)
    this.#options.emptied(this)
  }

  #closeIfEmptyFor(ms: number): void {
    this.#cancelEmptyTimeout = this.#options.clock.after(ms, () => this.close('empty'))
  }
}
