import type { Clock } from '../../../shared/clock.ts'
import { afterRunning } from '../../../shared/deadline.ts'
import type { Command } from './apertium-modes.ts'
import { ApertiumPipeline } from './apertium-pipeline.ts'
import type { TranslationFailure } from './translator.ts'

/** A caption takes a few milliseconds, 4,096 characters a tenth of a second, and the first one a start more. */
const ANSWER_DEADLINE_MS = 3_000
/** Texts that wait for one pipeline: about a quarter of a second's work. */
const MOST_WAITING = 64
/** A pipeline that ends without ever having answered is not started again at once. */
const START_AGAIN_AFTER_MS = 5_000

export type Answer = { readonly text: string } | TranslationFailure

type Waiting = { readonly text: string; readonly signal: AbortSignal; readonly settle: (answer: Answer) => void }

/** Texts in line for one pipeline, which is started with the first of them and again after it failed. */
export class ApertiumLine {
  readonly #commands: readonly Command[]
  readonly #clock: Clock
  readonly #waiting: Waiting[] = []
  readonly #ending = new Set<Promise<void>>()
  #pipeline: ApertiumPipeline | undefined
  #isAsking = false
  #notBefore = 0
  #closed = false

  constructor(commands: readonly Command[], clock: Clock) {
    this.#commands = commands
    this.#clock = clock
  }

  /** Settles when the signal says so at the latest. @param text in Apertium's stream format */
  ask(text: string, signal: AbortSignal): Promise<Answer> {
    if (this.#closed) return Promise.resolve(CLOSED)
    if (signal.aborted) return Promise.resolve(GIVEN_UP)
    if (this.#waiting.length >= MOST_WAITING) return Promise.resolve(TOO_MANY)
    return new Promise((resolve) => {
      const giveUp = () => {
        const place = this.#waiting.indexOf(waiting)
        if (place !== -1) this.#waiting.splice(place, 1)
        resolve(GIVEN_UP)
      }
      const settle = (answer: Answer) => {
        signal.removeEventListener('abort', giveUp)
        resolve(answer)
      }
      const waiting = { text, signal, settle }
      signal.addEventListener('abort', giveUp, { once: true })
      this.#waiting.push(waiting)
      this.#askNext()
    })
  }

  /** Resolves when none of its processes runs any more. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { settle } of this.#waiting.splice(0)) settle(CLOSED)
    if (this.#pipeline !== undefined) this.#drop(this.#pipeline)
    await Promise.all(this.#ending)
  }

  #askNext(): void {
    if (this.#isAsking) return
    const next = this.#waiting.shift()
    if (next === undefined) return
    this.#isAsking = true
    this.#answer(next).then((answer) => {
      this.#isAsking = false
      next.settle(answer)
      this.#askNext()
    })
  }

  async #answer({ text }: Waiting): Promise<Answer> {
    const pipeline = this.#running()
    if (pipeline === undefined) return { kind: 'unreachable', detail: 'Apertium has just failed to start' }
    const cancel = afterRunning(this.#clock, ANSWER_DEADLINE_MS, () => this.#drop(pipeline))
    const answer = await pipeline.ask(text)
    cancel()
    if (answer !== undefined) return { text: answer }
    if (!pipeline.hasAnswered) this.#notBefore = this.#clock.now() + START_AGAIN_AFTER_MS
    return { kind: 'unreachable', detail: 'Apertium ended or did not answer in time' }
  }

  #running(): ApertiumPipeline | undefined {
    if (this.#pipeline !== undefined && !this.#pipeline.hasEnded) return this.#pipeline
    if (this.#pipeline !== undefined) this.#drop(this.#pipeline)
    if (this.#clock.now() < this.#notBefore || this.#closed) return undefined
    this.#pipeline = new ApertiumPipeline(this.#commands, this.#clock)
    return this.#pipeline
  }

  #drop(pipeline: ApertiumPipeline): void {
    if (this.#pipeline === pipeline) this.#pipeline = undefined
    const ending = pipeline.end().finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
  }
}

const CLOSED: TranslationFailure = { kind: 'unreachable', detail: 'the translator is closed' }
const GIVEN_UP: TranslationFailure = { kind: 'unreachable', detail: 'given up before there was an answer' }
const TOO_MANY: TranslationFailure = { kind: 'overloaded', detail: 'too many texts wait for Apertium' }
