import type { Clock } from '../../shared/clock.ts'
import { withDeadline } from '../../shared/deadline.ts'
import { RecentMap } from '../../shared/recent-map.ts'
import { TokenBucket } from '../../shared/token-bucket.ts'
import { type Engine, type EngineFailure, type EngineRequest, type EngineStream, isFailure } from './engine.ts'
import { EngineBreaker } from './engine-breaker.ts'

export type SuppliedEngineOptions = {
  readonly name: string
  readonly create: () => Promise<Engine>
  readonly clock: Clock
  readonly random: () => number
  readonly failure: () => void
  readonly changed: (change: EngineChange) => void
  readonly streamLife: (life: EngineStreamLife) => void
  /** Streams that were not admitted may be now. */
  readonly admitting: () => void
}

/** What the operator is told about an engine; `detail` as in an engine's failure. */
export type EngineChange = {
  readonly engine: string
  readonly state: 'open' | 'closed' | 'gave-up-utterance'
  readonly detail: string
}

export type SuppliedRequest = EngineRequest & {
  /** The utterance that a failure of the stream now would be about; undefined when it has none. */
  readonly utterance: () => object | undefined
}

/** A stream of an engine came to be or, with the reason, is gone. Numbers tell an engine's streams apart. */
export type EngineStreamLife = { readonly engine: string; readonly stream: number; readonly closed?: string }

export type SuppliedStream = {
  readonly stream: EngineStream
  /** To be called instead of closing it when the engine gave no answer. */
  hung(detail: string): void
  close(): void
}

/** Beyond the engine's own deadline: an engine that breaks its promise does not hold up anybody. */
export const OPEN_DEADLINE_MS = 15_000
/** A language that an engine did not know is asked for again after so long: a model may have been added. */
export const UNKNOWN_LANGUAGE_MS = 60_000
/** Languages that an engine turned out not to know are remembered up to here. */
const MAX_UNKNOWN_LANGUAGES = 100
/** The log tells of an utterance that was given up at most so often. */
const GIVEN_UP_LOGS = { perSecond: 1 / 60, burst: 1 }

/** An engine that is made when it is first needed, behind its breaker. */
export class SuppliedEngine {
  readonly #options: SuppliedEngineOptions
  readonly #breaker: EngineBreaker
  /** Until when each language counts as unknown. */
  readonly #unknown = new RecentMap<string, number>(MAX_UNKNOWN_LANGUAGES)
  readonly #givenUpLogs: TokenBucket
  #creating: Promise<Engine> | undefined
  #engine: Engine | undefined
  #lastLanguage: string | undefined
  #streams = 0
  #refused = false
  #closed = false

  constructor(options: SuppliedEngineOptions) {
    this.#options = options
    const { name, clock, random, changed, admitting } = options
    const probe = () => this.#probe()
    this.#givenUpLogs = new TokenBucket(GIVEN_UP_LOGS, clock)
    this.#breaker = new EngineBreaker({
      ...{ clock, random, admitting, probe },
      changed: (state, detail) => changed({ engine: name, state, detail }),
    })
  }

  get recognisers(): number {
    return this.#engine?.recognisers ?? 0
  }

  get admits(): boolean {
    return this.#breaker.admits
  }

  /** Whether it is away because it said no, which passes only when somebody changes something. */
  get refused(): boolean {
    return this.#refused && !this.#breaker.admits
  }

  get name(): string {
    return this.#options.name
  }

  /** False when it is known not to recognise the language; an engine that was not made yet may. */
  supports(language: string): boolean {
    const unknownUntil = this.#unknown.get(language) ?? Number.NEGATIVE_INFINITY
    return unknownUntil <= this.#options.clock.now() && this.mayKnow(language)
  }

  /** Whether it recognises the language, or may come to: its settings do not rule it out. */
  mayKnow(language: string): boolean {
    return this.#engine?.supports(language) ?? true
  }

  /** An utterance was tried as often as one is. Its speaker goes on; the operator is told now and then. */
  gaveUpUtterance(): void {
    const { name, changed } = this.#options
    const detail = 'it failed at the same sound each time'
    if (this.#givenUpLogs.take()) changed({ engine: name, state: 'gave-up-utterance', detail })
  }

  /** Makes the engine now; rejects when it cannot be made, and tries again later. */
  async create(): Promise<void> {
    try {
      await this.#made()
    } catch (error) {
      this.#failed({ kind: 'refused', detail: describe(error) })
      throw error
    }
  }

  async open(request: SuppliedRequest): Promise<SuppliedStream | EngineFailure> {
    this.#lastLanguage = request.language
    const leave = this.#breaker.enter()
    const life = this.#life()
    const opened = await this.#opened({
      ...request,
      onText: (text) => {
        this.#refused = false
        this.#breaker.succeeded()
        request.onText(text)
      },
      onFailure: (failure) => {
        this.#failed(failure, request)
        life.ended(failure.kind)
        leave()
        request.onFailure(failure)
      },
    })
    if (isFailure(opened)) {
      this.#failed(opened, { language: request.language, utterance: () => undefined })
      leave()
      return opened
    }
    life.began()
    const close = () => {
      life.ended('done')
      leave()
      opened.close()
    }
    const hung = (detail: string) => {
      this.#options.failure()
      this.#breaker.failed('hung', detail, request.utterance())
      life.ended('hung')
      close()
    }
    return { stream: opened, hung, close }
  }

  /** Only once all streams are closed. */
  close(): void {
    this.#closed = true
    this.#breaker.close()
    this.#engine?.close()
  }

  /** Tells the birth and the death of one stream once each, in this order: it may fail before anybody has it. */
  #life(): { began(): void; ended(reason: string): void } {
    this.#streams += 1
    const ids = { engine: this.#options.name, stream: this.#streams }
    let isOpen = false
    let closed: string | undefined
    return {
      began: () => {
        isOpen = true
        this.#options.streamLife(ids)
        if (closed !== undefined) this.#options.streamLife({ ...ids, closed })
      },
      ended: (reason) => {
        if (closed === undefined && isOpen) this.#options.streamLife({ ...ids, closed: reason })
        closed ??= reason
      },
    }
  }

  #failed({ kind, detail }: EngineFailure, request?: Pick<SuppliedRequest, 'language' | 'utterance'>): void {
    if (kind === 'language_unsupported') {
      if (request !== undefined) this.#unknown.set(request.language, this.#options.clock.now() + UNKNOWN_LANGUAGE_MS)
      return
    }
    this.#refused = kind === 'refused'
    this.#options.failure()
    this.#breaker.failed(kind, detail, request?.utterance())
  }

  async #opened(request: EngineRequest): Promise<EngineStream | EngineFailure> {
    try {
      const engine = await this.#made()
      if (!engine.supports(request.language)) return { kind: 'language_unsupported', detail: 'it says so' }
      const opening = engine.open(request)
      return await withDeadline(this.#options.clock, OPEN_DEADLINE_MS, opening, () => {
        opening.then((late) => isFailure(late) || late.close())
        return new Error('it opened no stream in time')
      })
    } catch (error) {
      return { kind: 'unreachable', detail: describe(error) }
    }
  }

  async #made(): Promise<Engine> {
    if (this.#engine !== undefined) return this.#engine
    this.#creating ??= this.#options.create()
    try {
      this.#engine = await this.#creating
    } finally {
      this.#creating = undefined
    }
    if (this.#closed) this.#engine.close()
    return this.#engine
  }

  async #probe(): Promise<string | undefined> {
    const language = this.#lastLanguage
    const nothing = () => undefined
    try {
      if (language === undefined) await this.#made()
      else {
        const opened = await this.#opened({ language, onText: nothing, onFailure: nothing })
        if (!isFailure(opened)) opened.close()
        else if (opened.kind !== 'language_unsupported') return opened.detail
      }
      return undefined
    } catch (error) {
      return describe(error)
    }
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
