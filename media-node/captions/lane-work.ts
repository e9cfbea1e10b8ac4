import type { Clock } from '../../shared/clock.ts'
import type { EngineSupply } from './engine-supply.ts'
import { EngineTurns } from './engine-turns.ts'
import type { FromLane, LaneCaption, LaneStatus, LaneStreamOptions, ResumedStream, ToLane } from './lane-messages.ts'
import { LaneStream, type SpeechSink } from './lane-stream.ts'
import type { LaneTally } from './lane-tally.ts'
import { OpusDecoders } from './opus-decoder.ts'
import { type PacketBatch, readPacketBatch } from './packet-batch.ts'
import { Recognition } from './recognition.ts'
import { StreamSlots } from './stream-slots.ts'

export type LaneWorkOptions = {
  readonly supply: EngineSupply
  readonly tally: LaneTally
  /** Milliseconds of a speaker's sound that are kept until they are recognised. */
  readonly bufferMs: number
  /** How many of the lane's speakers may be recognised at once. */
  readonly maxStreams: number
  readonly post: (message: FromLane) => void
  readonly clock: Clock
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly random: () => number
  readonly schedule: (task: () => void) => void
}

/** How often streams whose packets stay away are looked after. */
const TICK_MS = 40
/** A lane that is behind gets so much at once that it would seem to hang: in between it gives signs of life. */
const PACKETS_PER_SIGN = 500
/** How often the lane's figures, and what it is done with, are reported. */
const REPORT_MS = 1_000

type OpenStream = {
  readonly audio: LaneStream
  readonly recognition: Recognition
  settledBefore: number
  /** No packet comes any more. */
  finishing: boolean
}

/** All the caption work of one lane, apart from the thread that it runs on. */
export class LaneWork {
  readonly #options: LaneWorkOptions
  readonly #streams = new Map<number, OpenStream>()
  readonly #decoders = new OpusDecoders()
  readonly #turns: EngineTurns
  readonly #slots: StreamSlots
  #holdings = { decoders: 0, recognisers: 0 }
  #cancelTick: () => void = () => undefined
  #reportedAt: number

  constructor(options: LaneWorkOptions) {
    this.#options = options
    this.#turns = new EngineTurns(options)
    this.#slots = new StreamSlots(options.maxStreams)
    this.#reportedAt = options.now()
    this.#tickLater()
  }

  handle(message: ToLane): void {
    switch (message.kind) {
      case 'open':
        this.#open(message.stream, message.options, message.resumed)
        break
      case 'finish':
        this.#finish(message.stream)
        break
      case 'close':
        this.#close(message.stream)
        break
      case 'packets':
        this.#packets(message.batch, message.handedAt)
        break
      case 'repeated':
        this.#streams.get(message.stream)?.recognition.repeated()
        break
      case 'stop':
        this.close()
        break
    }
  }

  close(): void {
    this.#cancelTick()
    for (const stream of this.#streams.keys()) this.#close(stream)
    this.#options.supply.close()
  }

  #open(stream: number, { language, audioLevelId }: LaneStreamOptions, resumed?: ResumedStream): void {
    const { supply, post } = this.#options
    if (!supply.supports(language)) {
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
      slots: this.#slots,
      resumed,
      onCaption: (caption) => this.#caption(stream, caption),
      onStatus: (status) => post({ kind: 'status', stream, status }),
    })
    const sink = this.#sinkInto(recognition)
    const audio = new LaneStream({ decoder, audioLevelId, sink, count: this.#options.tally.count })
    this.#streams.set(stream, { audio, recognition, settledBefore: Number.NEGATIVE_INFINITY, finishing: false })
    this.#postHoldings()
  }

  #refuse(stream: number, reason: NonNullable<LaneStatus['reason']>): void {
    this.#options.tally.count('streams_refused', 1)
    this.#options.post({ kind: 'status', stream, status: { status: 'failed', reason } })
  }

  #caption(stream: number, caption: LaneCaption): void {
    const open = this.#streams.get(stream)
    const settledBefore = caption.final && open !== undefined ? settledBeforeOf(open) : undefined
    this.#options.post({ kind: 'caption', stream, caption, postedAt: this.#options.now(), settledBefore })
  }

  #sinkInto(recognition: Recognition): SpeechSink {
    return {
      begin: (startedAt, firstArrivedAt) => recognition.begin(startedAt, firstArrivedAt),
      write: ({ pcm, heardUntil, packet }) => {
        const readyAt = this.#options.now()
        if (packet.handedAt !== undefined) {
          this.#options.tally.observe('tap', packet.handedAt - packet.arrivedAt)
          this.#options.tally.observe('lane', readyAt - packet.handedAt)
        }
        recognition.write({ pcm, heardUntil, readyAt })
      },
      end: () => recognition.end(),
    }
  }

  #finish(stream: number): void {
    const open = this.#streams.get(stream)
    if (open === undefined) return
    open.finishing = true
    open.audio.finish()
    this.#postFinished()
  }

  #postFinished(): void {
    for (const [stream, { finishing, recognition }] of this.#streams) {
      if (!finishing || recognition.unsettledSince !== undefined) continue
      this.#close(stream)
      this.#options.post({ kind: 'finished', stream })
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

  #packets(batch: PacketBatch, handedAt: number | undefined): void {
    let packets = 0
    for (const { stream, arrivedAt, packet } of readPacketBatch(batch)) {
      this.#streams.get(stream)?.audio.push(packet, { arrivedAt, handedAt })
      packets += 1
      if (packets % PACKETS_PER_SIGN === 0) this.#options.post({ kind: 'alive' })
    }
    this.#turns.spell()
    this.#options.post({ kind: handedAt === undefined ? 'alive' : 'taken' })
  }

  #tickLater(): void {
    this.#cancelTick = this.#options.clock.after(TICK_MS, () => {
      this.#tick(this.#options.now())
      this.#tickLater()
    })
  }

  #tick(now: number): void {
    for (const { audio } of this.#streams.values()) audio.tick({ now, everyMs: TICK_MS })
    this.#postFinished()
    this.#options.post({ kind: 'alive' })
    this.#postHoldings()
    if (now - this.#reportedAt < REPORT_MS) return
    this.#reportedAt = now
    this.#postSettled()
    const report = this.#options.tally.take()
    if (report !== undefined) this.#options.post({ kind: 'report', report })
  }

  #postSettled(): void {
    const streams = new Map<number, number>()
    for (const [stream, open] of this.#streams) {
      const before = settledBeforeOf(open)
      if (before > open.settledBefore) streams.set(stream, before)
      open.settledBefore = before
    }
    if (streams.size > 0) this.#options.post({ kind: 'settled', streams })
  }

  #postHoldings(): void {
    const holdings = { decoders: this.#decoders.alive, recognisers: this.#options.supply.recognisers }
    const { decoders, recognisers } = this.#holdings
    if (holdings.decoders === decoders && holdings.recognisers === recognisers) return
    this.#holdings = holdings
    this.#options.post({ kind: 'holdings', holdings })
  }
}

/** Up to which arrival all packets of the stream were silence, or have had their final text. */
function settledBeforeOf({ audio, recognition }: OpenStream): number {
  return recognition.unsettledSince ?? audio.doneBefore
}
