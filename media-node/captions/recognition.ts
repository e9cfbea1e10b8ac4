import type { Clock } from '../../shared/clock.ts'
import { Countdown } from './countdown.ts'
import type { EngineFailure, EngineStream, RecognisedText } from './engine.ts'
import { EngineAccess } from './engine-access.ts'
import type { EngineSupply } from './engine-supply.ts'
import type { EngineTurns, TurnTaker } from './engine-turns.ts'
import type { LaneCaption, LaneStatus, ResumedStream } from './lane-messages.ts'
import type { LaneTally } from './lane-tally.ts'
import { type Segment, Segments } from './segments.ts'
import { SilentEngine } from './silent-engine.ts'
import { SpeakerTroubles } from './speaker-troubles.ts'
import { SpeechBuffer, type TimedChunk, type Utterance } from './speech-buffer.ts'
import type { StreamSlots } from './stream-slots.ts'

export type RecognitionOptions = {
  readonly supply: EngineSupply
  readonly slots: StreamSlots
  readonly language: string
  readonly turns: EngineTurns
  readonly tally: LaneTally
  readonly clock: Clock
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly random: () => number
  /** Milliseconds of sound that are kept while the engine does not answer. */
  readonly bufferMs: number
  /** The speaker's stream comes from another lane, and what was said is about to be repeated. */
  readonly resumed: ResumedStream | undefined
  readonly onCaption: (caption: LaneCaption) => void
  readonly onStatus: (status: LaneStatus) => void
}

/** A recogniser is given back when its speaker was silent for so long. */
export const ENGINE_IDLE_MS = 10_000
/** An engine that says nothing for so long, though an utterance is over or its sound is not taken, is given up. */
export const ANSWER_DEADLINE_MS = 6_000
/** So much sound may wait in an engine's stream; the rest waits here, where it is not lost with the stream. */
export const MAX_QUEUED_MS = 500
/** An engine that is behind by more than this, for as long as this, is called slow. */
export const SLOW_MS = 2_000
/**
 * Streams that may fail at the same utterance before it is given up. Only those count that were open and had been given
 * sound of it: while no stream can be had, an utterance waits and has lost nothing.
 */
export const MAX_ATTEMPTS = 3
/** The last attempt waits for so long at least, so that an engine that starts anew does not cost a sentence. */
export const LAST_ATTEMPT_AFTER_MS = 3_000
const LOOK_AGAIN_MS = 50

/**
 * Brings one speaker's utterances through an engine. Each is kept until its final text has come, so that when a stream
 * fails, or says nothing any more, another one is given all of it and what readers see goes on.
 */
export class Recognition implements TurnTaker {
  readonly #options: RecognitionOptions
  readonly #segments: Segments
  readonly #speech: SpeechBuffer
  readonly #troubles: SpeakerTroubles
  readonly #silent: SilentEngine
  readonly #access: EngineAccess
  readonly #idle: Countdown
  readonly #answer: Countdown
  readonly #look: Countdown
  readonly #slow: Countdown
  #closed = false

  constructor(options: RecognitionOptions) {
    this.#options = options
    this.#segments = new Segments({ ...options, shown: options.resumed?.shown })
    this.#speech = new SpeechBuffer({
      bufferMs: options.bufferMs,
      dropped: (chunks) => this.#dropped(chunks),
      torn: (utterance) => this.#segmentAfterLoss(utterance),
    })
    const { clock, onStatus, resumed } = options
    this.#troubles = new SpeakerTroubles({ clock, tell: onStatus, told: resumed && 'lane_lost' })
    this.#silent = new SilentEngine({ ...options, troubles: this.#troubles })
    this.#access = new EngineAccess({
      ...options,
      needed: () => this.#stillNeeded(),
      delayed: () => this.#troubles.begin('overloaded'),
      wanted: () => this.#speech.empty && this.#leaveStream(),
      opened: () => this.#opened(),
      onText: (text) => this.#onText(text),
      failed: (failure) => this.#failed(failure),
      utterance: () => this.#speech.heard,
      fallbackFirst: () => this.#lastAttempt,
    })
    const countdown = (ms: number, task: () => void) => new Countdown({ clock, ms, task })
    this.#idle = countdown(ENGINE_IDLE_MS, () => this.#speech.empty && this.#leaveStream())
    this.#answer = countdown(ANSWER_DEADLINE_MS, () => this.#access.hung())
    this.#look = countdown(LOOK_AGAIN_MS, () => options.turns.request(this))
    this.#slow = countdown(SLOW_MS, () => this.#troubles.begin('engine_slow'))
  }

  /** When the first packet came in that no final text has come of; undefined when all is said. */
  get unsettledSince(): number | undefined {
    return this.#speech.firstArrivedAt
  }

  /** Speech began; `startedAt` is when it was captured. */
  begin(startedAt: number, firstArrivedAt: number): void {
    if (this.#closed) return
    this.#idle.stop()
    if (this.#speech.empty && this.#access.outdated) this.#leaveStream()
    this.#speech.begin(this.#segments.begin(startedAt), firstArrivedAt)
    this.#access.seek()
  }

  write(chunk: TimedChunk): void {
    this.#speech.write(chunk)
    if (this.#access.stream === undefined) return
    if (this.#speech.unwrittenMs > SLOW_MS) this.#slow.start()
    this.#options.turns.request(this)
  }

  /** The utterance is over. */
  end(): void {
    this.#speech.end(this.#options.now())
    if (this.#access.stream !== undefined) this.#options.turns.request(this)
  }

  /** All that had been said in another lane was repeated. */
  repeated(): void {
    this.#segments.endUnresumed()
    if (this.#speech.empty) this.#troubles.end('lane_lost')
  }

  turn(): boolean {
    const utterance = this.#speech.next
    const { stream } = this.#access
    if (stream === undefined || utterance === undefined || this.#leavesNext(utterance)) return false
    if (stream.queuedMs > MAX_QUEUED_MS) {
      this.#answer.start()
      this.#look.start()
      return false
    }
    this.#handOver(stream, utterance)
    return this.#speech.next !== undefined
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#leaveStream()
    this.#troubles.close()
  }

  #handOver(stream: EngineStream, utterance: Utterance): void {
    const chunk = this.#speech.take(utterance)
    if (chunk !== undefined) {
      utterance.segment.heardUntil = chunk.heardUntil
      utterance.segment.readyAt = chunk.readyAt
      if (!this.#speech.awaitsFinal) this.#answer.stop()
      this.#options.tally.count('audio_recognised_ms', chunk.pcm.length / 16)
      stream.write(chunk.pcm)
    } else if (utterance.endedAt !== undefined) this.#finish(stream, utterance, utterance.endedAt)
    if (this.#speech.unwrittenMs > 0) return
    this.#keepsUp()
    this.#troubles.end('overloaded')
  }

  #finish(stream: EngineStream, utterance: Utterance, endedAt: number): void {
    utterance.finished = true
    utterance.segment.readyAt = endedAt
    this.#idle.restart()
    if (utterance.begun) {
      this.#answer.start()
      stream.finish()
    } else {
      this.#speech.remove(utterance)
      this.#leaveIfDue()
    }
  }

  /** Whether the stream should be left between two utterances: for other speakers, or for a better engine. */
  get #leaving(): boolean {
    return this.#options.slots.contended || this.#access.outdated
  }

  /** Whether an utterance waits here, since the stream is left once the one before has its final text. */
  #leavesNext({ begun }: Utterance): boolean {
    return !begun && this.#speech.awaitsFinal && this.#leaving
  }

  #leaveIfDue(): void {
    if (this.#speech.heard !== undefined || !this.#leaving) return
    this.#leaveStream()
    if (!this.#speech.empty) this.#access.seek()
  }

  #leaveStream(): void {
    this.#access.leave()
    this.#options.turns.withdraw(this)
    this.#idle.stop()
    this.#answer.stop()
    this.#look.stop()
    this.#keepsUp()
  }

  #stillNeeded(): boolean {
    if (this.#speech.empty) this.#troubles.end('overloaded', 'engine_unavailable', 'refused')
    return !this.#speech.empty
  }

  #opened(): void {
    if (this.#access.instead) this.#troubles.begin('fallback_engine')
    this.#idle.restart()
    this.#options.turns.request(this)
  }

  /** Whether the utterance whose turn it is has one attempt left. */
  get #lastAttempt(): boolean {
    return this.#speech.next?.failures === MAX_ATTEMPTS - 1
  }

  #failed({ kind }: EngineFailure): void {
    this.#leaveStream()
    this.#blame(this.#speech.heard)
    for (const { segment } of this.#speech.rewind()) this.#segments.repeat(segment)
    if (kind === 'language_unsupported') {
      this.#refuse(kind)
      return
    }
    this.#troubles.begin(kind === 'unreachable' ? 'engine_unavailable' : kind)
    this.#access.seekLater(this.#lastAttempt ? LAST_ATTEMPT_AFTER_MS : 0)
  }

  /** The stream failed at this utterance. After the last attempt what was shown of it is final, and the next one goes on. */
  #blame(utterance: Utterance | undefined): void {
    if (utterance === undefined) return
    utterance.failures += 1
    if (utterance.failures < MAX_ATTEMPTS) return
    const { segment } = utterance
    this.#segments.end(segment)
    this.#speech.giveUp(utterance, (chunk) => this.#segments.create(chunk?.heardUntil ?? segment.heardUntil))
    this.#options.tally.count('utterances_given_up', 1)
    this.#access.gaveUpUtterance()
  }

  #refuse(reason: 'language_unsupported'): void {
    for (const { segment } of this.#speech.clear()) this.#segments.end(segment)
    this.#options.tally.count('streams_refused', 1)
    this.close()
    this.#options.onStatus({ status: 'failed', reason })
  }

  #keepsUp(): void {
    this.#slow.stop()
    this.#troubles.end('engine_slow')
  }

  #dropped(chunks: number): void {
    this.#options.tally.count('chunks_dropped', chunks)
    if (this.#access.stream !== undefined) this.#troubles.begin('engine_slow')
  }

  #segmentAfterLoss({ segment, begun, chunks }: Utterance): Segment {
    if (begun || segment.revision < 0) return segment
    this.#segments.end(segment)
    return this.#segments.create(chunks[0]?.heardUntil ?? segment.heardUntil)
  }

  #onText({ text, final }: RecognisedText): void {
    const utterance = this.#speech.heard
    if (utterance === undefined) return
    const over = final && utterance.finished
    this.#troubles.end('engine_unavailable', 'refused', 'lane_lost')
    if (!this.#access.instead) this.#troubles.end('fallback_engine')
    if (text !== '') this.#silent.wordsCame()
    else if (over) this.#silent.nothingIn(utterance.segment)
    this.#answer.stop()
    if (over) this.#speech.remove(utterance)
    if (this.#speech.awaitsFinal) this.#answer.start()
    const shownNew = this.#segments.take(utterance.segment, text, over)
    // A long speech whose stream breaks now and then is not what breaks it, as long as each stream gets further.
    if (shownNew && utterance.endedAt === undefined) utterance.failures = 0
    if (!over) return
    this.#leaveIfDue()
    this.#options.turns.request(this)
  }
}
