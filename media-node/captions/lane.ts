import type { Worker } from 'node:worker_threads'
import type { Clock } from '../../shared/clock.ts'
import { withDeadline } from '../../shared/deadline.ts'
import type { CaptionMetrics } from './caption-metrics.ts'
import type {
  FromLane,
  LaneCaption,
  LaneHoldings,
  LaneReport,
  LaneStatus,
  LaneStreamOptions,
  ResumedStream,
  ToLane,
} from './lane-messages.ts'
import { PacketBatchWriter } from './packet-batch.ts'
import type { RecentPacket } from './recent-packets.ts'
import type { EngineChange, EngineStreamLife } from './supplied-engine.ts'

export type LaneEvents = {
  caption(stream: number, caption: LaneCaption, postedAt: number): void
  /** What arrived of the stream before needs not be repeated. */
  settled(stream: number, before: number): void
  status(stream: number, status: LaneStatus): void
  /** The last final text of a stream that was to finish has come, and the stream is closed. */
  finished(stream: number): void
  /** An engine is left alone for a while, or used again. */
  engine(change: EngineChange): void
  engineStream(life: EngineStreamLife): void
  report(report: LaneReport): void
  /** The thread has died or hangs; its streams are gone with it. */
  lost(cause: Error): void
}

export type LanePacket = RecentPacket & { readonly completesChunk: boolean }

export type LaneOptions = {
  readonly thread: Worker
  readonly events: LaneEvents
  readonly clock: Clock
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly count: CaptionMetrics['count']
}

/** Loading an engine's model is the longest part, and longer when many lanes do it at once. */
const START_DEADLINE_MS = 30_000
/** The lane frees its native memory before it goes. */
const STOP_DEADLINE_MS = 2_000
/**
 * A lane that gives no sign of life during so many ticks of the main thread hangs. Ticks are counted, not milliseconds: on a
 * machine that has no time for either thread, both are late.
 */
export const LIFE_TICK_MS = 100
const TICKS_WITHOUT_LIFE = 8
/** Packets that complete no chunk wait for no longer than this. */
const FLUSH_MS = 20
/** A lane that has not taken so many batches gets no more; its packets wait in one bounded batch. */
const MAX_BATCHES_UNDER_WAY = 64

/** The main thread's end of a lane. */
export class Lane {
  readonly #options: LaneOptions
  readonly #streams = new Set<number>()
  readonly #batch = new PacketBatchWriter()
  readonly #started = Promise.withResolvers<string | undefined>()
  readonly #exited = Promise.withResolvers<void>()
  /** Those whose last packets are in the batch, and who finish after it. */
  readonly #finishing = new Set<number>()
  #holdings: LaneHoldings = { decoders: 0, recognisers: 0 }
  #underWay = 0
  #cancelFlush: (() => void) | undefined
  #handingOver = false
  #ticksWithoutLife = 0
  #lostAlready = false
  #closed = false

  constructor(options: LaneOptions) {
    this.#options = options
    const { thread } = options
    thread.on('message', (message: FromLane) => this.#handle(message))
    thread.once('error', (cause: unknown) => this.#lost(new Error('a caption lane failed', { cause })))
    thread.once('exit', () => {
      this.#lost(new Error('a caption lane ended'))
      this.#exited.resolve()
    })
  }

  /** Resolves once the lane takes streams: with what is wrong with its engine, if anything is. */
  async started(): Promise<string | undefined> {
    return await this.#within(START_DEADLINE_MS, this.#started.promise, 'a caption lane did not start in time')
  }

  get streams(): number {
    return this.#streams.size
  }

  get holdings(): LaneHoldings {
    return this.#holdings
  }

  open(stream: number, options: LaneStreamOptions, resumed?: ResumedStream): void {
    this.#streams.add(stream)
    this.#post({ kind: 'open', stream, options, resumed })
  }

  /** Hands over packets at once, though another lane may have had them. */
  repeat(stream: number, packets: Iterable<RecentPacket>): void {
    const batch = new PacketBatchWriter()
    for (const { arrivedAt, packet } of packets) {
      if (!batch.add(stream, arrivedAt, packet)) this.#options.count('packets_dropped', 1)
    }
    const repeated = batch.take()
    this.#post({ kind: 'packets', batch: repeated, handedAt: undefined }, [repeated.buffer])
    this.#post({ kind: 'repeated', stream })
  }

  /** To be called every `LIFE_TICK_MS` once the lane has started. */
  tick(): void {
    this.#ticksWithoutLife += 1
    if (this.#ticksWithoutLife > TICKS_WITHOUT_LIFE) this.#giveUp()
  }

  /** No packet of the stream comes any more. Texts come until it is `finished`. */
  finishStream(stream: number): void {
    this.#finishing.add(stream)
    this.#handOver()
  }

  closeStream(stream: number): void {
    if (!this.#streams.delete(stream)) return
    this.#finishing.delete(stream)
    this.#post({ kind: 'close', stream })
  }

  /** Takes a packet for the next batch. `completesChunk` has the batch handed over without waiting. */
  packet(stream: number, { arrivedAt, packet, completesChunk }: LanePacket): void {
    if (this.#closed) return
    if (!this.#batch.add(stream, arrivedAt, packet)) this.#options.count('packets_dropped', 1)
    if (completesChunk) this.#handOverSoon()
    else this.#cancelFlush ??= this.#options.clock.after(FLUSH_MS, () => this.#handOver())
  }

  /** Milliseconds of CPU that the thread has used. */
  async cpuMs(): Promise<number> {
    const { user, system } = await this.#options.thread.cpuUsage()
    return (user + system) / 1_000
  }

  /** Resolves when the thread is gone. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#post({ kind: 'stop' })
      this.#closed = true
      this.#cancelFlush?.()
    }
    await this.#within(STOP_DEADLINE_MS, this.#exited.promise, 'late').catch(() => this.#terminate())
  }

  /** After all that came in with this packet, so that chunks which complete together go together. */
  #handOverSoon(): void {
    if (this.#handingOver) return
    this.#handingOver = true
    setImmediate(() => {
      this.#handingOver = false
      this.#handOver()
    })
  }

  #handOver(): void {
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
    if (this.#closed || this.#underWay >= MAX_BATCHES_UNDER_WAY) return
    if (!this.#batch.empty) {
      this.#underWay += 1
      const batch = this.#batch.take()
      this.#post({ kind: 'packets', batch, handedAt: this.#options.now() }, [batch.buffer])
    }
    for (const stream of this.#finishing) this.#post({ kind: 'finish', stream })
    this.#finishing.clear()
  }

  #post(message: ToLane, transfer: ArrayBuffer[] = []): void {
    if (!this.#closed) this.#options.thread.postMessage(message, transfer)
  }

  #handle(message: FromLane): void {
    const { events } = this.#options
    if (this.#lostAlready) return
    this.#ticksWithoutLife = 0
    switch (message.kind) {
      case 'alive':
        break
      case 'ready':
        this.#started.resolve(message.engineFailure)
        break
      case 'taken':
        this.#underWay -= 1
        if (this.#underWay === MAX_BATCHES_UNDER_WAY - 1) this.#handOver()
        break
      case 'caption':
        events.caption(message.stream, message.caption, message.postedAt)
        if (message.settledBefore !== undefined) events.settled(message.stream, message.settledBefore)
        break
      case 'settled':
        for (const [stream, before] of message.streams) events.settled(stream, before)
        break
      case 'status':
        events.status(message.stream, message.status)
        break
      case 'finished':
        events.finished(message.stream)
        break
      case 'engine':
        events.engine(message.change)
        break
      case 'engine-stream':
        events.engineStream(message.life)
        break
      case 'holdings':
        this.#holdings = message.holdings
        break
      case 'report':
        events.report(message.report)
        break
    }
  }

  #giveUp(): void {
    this.#lost(new Error('a caption lane hung'))
    this.#terminate()
  }

  /** A thread that hangs in native code may have no end; it does not keep the process alive. */
  async #terminate(): Promise<void> {
    const { thread } = this.#options
    thread.unref()
    await this.#within(STOP_DEADLINE_MS, thread.terminate(), 'late').catch(() => undefined)
  }

  #lost(cause: Error): void {
    this.#started.reject(cause)
    if (this.#closed) return
    this.#closed = true
    this.#lostAlready = true
    this.#cancelFlush?.()
    this.#holdings = { decoders: 0, recognisers: 0 }
    this.#options.events.lost(cause)
  }

  #within<T>(ms: number, work: Promise<T>, late: string): Promise<T> {
    return withDeadline(this.#options.clock, ms, work, () => new Error(late))
  }
}
