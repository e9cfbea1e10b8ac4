import type { Clock } from '../../shared/clock.ts'
import type { Engine } from './engine.ts'
import { EngineTurns } from './engine-turns.ts'
import type { FromLane, LaneStatus, LaneStreamOptions, ToLane } from './lane-messages.ts'
import { LaneStream, type SpeechSink } from './lane-stream.ts'
import { LaneTally } from './lane-tally.ts'
import { OpusDecoders } from './opus-decoder.ts'
import { type PacketBatch, readPacketBatch } from './packet-batch.ts'
import { Recognition } from './recognition.ts'

export type LaneWorkOptions = {
  readonly engine: Engine
  /** Milliseconds of a speaker's sound that are kept until they are recognised. */
  readonly bufferMs: number
  readonly post: (message: FromLane) => void
  readonly clock: Clock
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly random: () => number
  readonly schedule: (task: () => void) => void
}

/** How often streams whose packets stay away are looked after. */
const TICK_MS = 40
/** How often the lane's figures are reported. */
const REPORT_MS = 1_000

type OpenStream = { readonly audio: LaneStream; readonly recognition: Recognition }

/** All the caption work of one lane, apart from the thread that it runs on. */
export class LaneWork {
  readonly #options: LaneWorkOptions
  readonly #streams = new Map<number, OpenStream>()
  readonly #decoders = new OpusDecoders()
  readonly #tally = new LaneTally()
  readonly #turns: EngineTurns
  #holdings = { decoders: 0, recognisers: 0 }
  #cancelTick: () => void = () => undefined
  #reportedAt: number

  constructor(options: LaneWorkOptions) {
    this.#options = options
    this.#turns = new EngineTurns(options.schedule)
    this.#reportedAt = options.now()
    this.#tickLater()
  }

  handle(message: ToLane): void {
    switch (message.kind) {
      case 'open':
        this.#open(message.stream, message.options)
        break
      case 'close':
        this.#close(message.stream)
        break
      case 'packets':
        this.#packets(message.batch, message.handedAt)
        break
      case 'stop':
        this.close()
        break
    }
  }

  close(): void {
    this.#cancelTick()
    for (const stream of this.#streams.keys()) this.#close(stream)
    this.#options.engine.close()
  }

  #open(stream: number, { language, audioLevelId }: LaneStreamOptions): void {
    const { engine, post, now } = this.#options
    if (!engine.supports(language)) {
      this.#refuse(stream, 'language_unsupported')
      return
    }
    const decoder = this.#decoders.open()
    if (decoder === undefined) {
      this.#refuse(stream, 'overloaded')
      return
    }
    const recognition = new Recognition({
      ...this.#options,
      language,
      turns: this.#turns,
      tally: this.#tally,
      onCaption: (caption) => post({ kind: 'caption', stream, caption, postedAt: now() }),
      onStatus: (status) => post({ kind: 'status', stream, status }),
    })
    const sink = this.#sinkInto(recognition)
    const audio = new LaneStream({ decoder, audioLevelId, sink, count: this.#tally.count })
    this.#streams.set(stream, { audio, recognition })
    this.#postHoldings()
  }

  #refuse(stream: number, reason: NonNullable<LaneStatus['reason']>): void {
    this.#tally.count('streams_refused', 1)
    this.#options.post({ kind: 'status', stream, status: { status: 'failed', reason } })
  }

  #sinkInto(recognition: Recognition): SpeechSink {
    return {
      begin: (startedAt) => recognition.begin(startedAt),
      write: ({ pcm, heardUntil, packet }) => {
        const readyAt = this.#options.now()
        this.#tally.observe('tap', packet.handedAt - packet.arrivedAt)
        this.#tally.observe('lane', readyAt - packet.handedAt)
        recognition.write({ pcm, heardUntil, readyAt })
      },
      end: () => recognition.end(),
    }
  }

  #close(stream: number): void {
    const open = this.#streams.get(stream)
    if (open === undefined) return
    this.#streams.delete(stream)
    open.recognition.close()
    open.audio.close()
    this.#postHoldings()
  }

  #packets(batch: PacketBatch, handedAt: number): void {
    for (const { stream, arrivedAt, packet } of readPacketBatch(batch)) {
      this.#streams.get(stream)?.audio.push(packet, { arrivedAt, handedAt })
    }
    this.#options.post({ kind: 'taken' })
  }

  #tickLater(): void {
    this.#cancelTick = this.#options.clock.after(TICK_MS, () => {
      this.#tick(this.#options.now())
      this.#tickLater()
    })
  }

  #tick(now: number): void {
    for (const { audio } of this.#streams.values()) audio.tick({ now, everyMs: TICK_MS })
    this.#postHoldings()
    if (now - this.#reportedAt < REPORT_MS) return
    this.#reportedAt = now
    const report = this.#tally.take()
    if (report !== undefined) this.#options.post({ kind: 'report', report })
  }

  #postHoldings(): void {
    const holdings = { decoders: this.#decoders.alive, recognisers: this.#options.engine.recognisers }
    const { decoders, recognisers } = this.#holdings
    if (holdings.decoders === decoders && holdings.recognisers === recognisers) return
    this.#holdings = holdings
    this.#options.post({ kind: 'holdings', holdings })
  }
}
