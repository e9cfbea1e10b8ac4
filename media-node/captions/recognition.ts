import { randomUUID } from 'node:crypto'
import type { Clock } from '../../shared/clock.ts'
import { type Engine, type EngineFailure, type EngineStream, isFailure, type RecognisedText } from './engine.ts'
import type { EngineTurns, TurnTaker } from './engine-turns.ts'
import type { LaneCaption, LaneStatus } from './lane-messages.ts'
import type { LaneTally } from './lane-tally.ts'

/** Sound on its way to the engine. `heardUntil` is when the last speech up to its end was captured. */
export type TimedChunk = { readonly pcm: Int16Array; readonly heardUntil: number; readonly readyAt: number }

export type RecognitionOptions = {
  readonly engine: Engine
  readonly language: string
  readonly turns: EngineTurns
  readonly tally: LaneTally
  readonly clock: Clock
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly onCaption: (caption: LaneCaption) => void
  readonly onStatus: (status: LaneStatus) => void
}

type Segment = {
  readonly id: string
  readonly startedAt: number
  revision: number
  text: string
  heardUntil: number
  readyAt: number
}

type Utterance = {
  readonly segment: Segment
  readonly chunks: TimedChunk[]
  written: boolean
  endedAt: number | undefined
}

/** Five seconds of sound may wait for the engine; then the oldest is given up. */
export const MAX_WAITING_CHUNKS = 50
/** A recogniser is given back when its speaker was silent for so long. */
export const ENGINE_IDLE_MS = 10_000

/** Brings one speaker's utterances through the engine and numbers the segments and revisions that come out. */
export class Recognition implements TurnTaker {
  readonly #options: RecognitionOptions
  readonly #utterances: Utterance[] = []
  /** Segments the engine has begun and not yet ended, oldest first: its texts come in that order. */
  readonly #underWay: Segment[] = []
  #current: Utterance | undefined
  #stream: EngineStream | undefined
  #opening = false
  #waitingChunks = 0
  #degraded: LaneStatus['reason'] | undefined
  #cancelIdle: () => void = () => undefined
  #closed = false

  constructor(options: RecognitionOptions) {
    this.#options = options
  }

  /** Speech began; `startedAt` is when it was captured. */
  begin(startedAt: number): void {
    this.#cancelIdle()
    const segment = { id: randomUUID(), startedAt, revision: -1, text: '', heardUntil: startedAt, readyAt: startedAt }
    this.#current = { segment, chunks: [], written: false, endedAt: undefined }
    this.#utterances.push(this.#current)
    if (this.#stream === undefined) this.#open()
  }

  write(chunk: TimedChunk): void {
    if (this.#current === undefined) return
    this.#current.chunks.push(chunk)
    this.#waitingChunks += 1
    if (this.#waitingChunks > MAX_WAITING_CHUNKS) this.#dropOldest()
    if (this.#stream !== undefined) this.#options.turns.request(this)
  }

  /** The utterance is over. */
  end(): void {
    if (this.#current === undefined) return
    this.#current.endedAt = this.#options.now()
    this.#current = undefined
    if (this.#stream !== undefined) this.#options.turns.request(this)
  }

  turn(): boolean {
    const utterance = this.#utterances[0]
    if (this.#stream === undefined || utterance === undefined) return false
    const chunk = utterance.chunks.shift()
    if (chunk !== undefined) this.#recognise(this.#stream, utterance, chunk)
    else if (utterance.endedAt === undefined) return false
    else this.#finish(this.#stream, utterance, utterance.endedAt)
    return this.#utterances.length > 0
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#cancelIdle()
    this.#options.turns.withdraw(this)
    this.#stream?.close()
    this.#stream = undefined
  }

  #recognise(stream: EngineStream, utterance: Utterance, chunk: TimedChunk): void {
    const { segment } = utterance
    this.#waitingChunks -= 1
    if (this.#waitingChunks === 0) this.#recovered('engine_slow')
    if (!utterance.written) this.#underWay.push(segment)
    utterance.written = true
    segment.heardUntil = chunk.heardUntil
    segment.readyAt = chunk.readyAt
    this.#options.tally.count('audio_recognised_ms', chunk.pcm.length / 16)
    stream.write(chunk.pcm)
  }

  #finish(stream: EngineStream, utterance: Utterance, endedAt: number): void {
    this.#utterances.shift()
    utterance.segment.readyAt = endedAt
    if (utterance.written) stream.finish()
    this.#giveBackWhenIdle()
  }

  #giveBackWhenIdle(): void {
    this.#cancelIdle()
    this.#cancelIdle = this.#options.clock.after(ENGINE_IDLE_MS, () => this.#giveBack())
  }

  #giveBack(): void {
    if (this.#utterances.length > 0 || this.#underWay.length > 0) return
    this.#stream?.close()
    this.#stream = undefined
  }

  async #open(): Promise<void> {
    if (this.#opening) return
    this.#opening = true
    const { engine, language } = this.#options
    const opened = await engine.open({
      language,
      onText: (text) => this.#onText(text),
      onFailure: (failure) => this.#failed(failure),
    })
    this.#opening = false
    if (isFailure(opened)) this.#refused(opened)
    else if (this.#closed) opened.close()
    else this.#opened(opened)
  }

  #opened(stream: EngineStream): void {
    this.#stream = stream
    this.#recovered('overloaded')
    this.#giveBackWhenIdle()
    this.#options.turns.request(this)
  }

  #failed(failure: EngineFailure): void {
    this.#stream = undefined
    this.#underWay.length = 0
    this.#refused(failure)
  }

  #refused({ kind }: EngineFailure): void {
    this.#utterances.length = 0
    this.#waitingChunks = 0
    this.#current = undefined
    this.#options.tally.count('streams_refused', 1)
    if (kind === 'overloaded') this.#degrade(kind)
    else {
      const reason = kind === 'language_unsupported' ? kind : 'engine_unavailable'
      this.#options.onStatus({ status: 'failed', reason })
    }
  }

  #dropOldest(): void {
    const index = this.#utterances.findIndex(({ chunks }) => chunks.length > 0)
    const utterance = this.#utterances[index]
    if (utterance === undefined) return
    utterance.chunks.shift()
    this.#waitingChunks -= 1
    this.#options.tally.count('chunks_dropped', 1)
    const nothingLeft = utterance.chunks.length === 0 && utterance.endedAt !== undefined && !utterance.written
    if (nothingLeft) this.#utterances.splice(index, 1)
    this.#degrade('engine_slow')
  }

  #degrade(reason: 'overloaded' | 'engine_slow'): void {
    if (this.#degraded === reason) return
    this.#degraded = reason
    this.#options.onStatus({ status: 'degraded', reason })
  }

  #recovered(from: 'overloaded' | 'engine_slow'): void {
    if (this.#degraded !== from) return
    this.#degraded = undefined
    this.#options.onStatus({ status: 'resumed' })
  }

  #onText({ text, final }: RecognisedText): void {
    const segment = this.#underWay[0]
    if (this.#closed || segment === undefined) return
    if (final) this.#underWay.shift()
    const nothingNew = final ? text === '' && segment.text === '' : text === segment.text
    if (nothingNew) return
    segment.text = text
    segment.revision += 1
    const { tally, now, onCaption } = this.#options
    tally.observe('engine', now() - segment.readyAt)
    tally.count(final ? 'captions_final' : 'captions_partial', 1)
    const { id, revision, startedAt, heardUntil } = segment
    onCaption({ segmentId: id, revision, text, final, startedAt, endedAt: Math.max(startedAt, heardUntil) })
  }
}
