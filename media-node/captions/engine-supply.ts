import type { Clock } from '../../shared/clock.ts'
import type { Engine, EngineFailure } from './engine.ts'
import type { LaneTally } from './lane-tally.ts'
import {
  type EngineChange,
  type EngineStreamLife,
  SuppliedEngine,
  type SuppliedRequest,
  type SuppliedStream,
} from './supplied-engine.ts'

export type EngineSource = { readonly name: string; readonly create: () => Promise<Engine> }

export type EngineSupplyOptions = {
  readonly engine: EngineSource
  /** Takes over while the engine cannot be had, or where it does not know the language. */
  readonly fallback: EngineSource | undefined
  readonly tally: LaneTally
  readonly clock: Clock
  readonly random: () => number
  readonly changed: (change: EngineChange) => void
  readonly streamLife?: (life: EngineStreamLife) => void
}

/**
 * A stream of `engine`; `instead` is whether another one should have it. What has failed twice is tried with the fall-back
 * first, if there is one.
 */
export type Supplied = SuppliedStream & { readonly engine: string; readonly instead: boolean }
export type SupplyRequest = SuppliedRequest & { readonly fallbackFirst?: boolean }

const AWAY: EngineFailure = { kind: 'unreachable', detail: 'no engine can be had for now' }
const REFUSED: EngineFailure = { kind: 'refused', detail: 'no engine can be had' }
const UNKNOWN: EngineFailure = { kind: 'language_unsupported', detail: 'no engine knows the language' }

/** The engines of a lane: gives each stream the best one that can be had. */
export class EngineSupply {
  readonly #options: EngineSupplyOptions
  readonly #engines: readonly SuppliedEngine[]
  readonly #waiting = new Set<() => void>()

  constructor(options: EngineSupplyOptions) {
    this.#options = options
    const { engine, fallback } = options
    this.#engines = [engine, ...(fallback === undefined ? [] : [fallback])].map((source) => this.#supplied(source))
  }

  /** Makes the first engine that can be had; rejects when none can. */
  async start(): Promise<void> {
    const troubles: unknown[] = []
    for (const engine of this.#engines) {
      try {
        await engine.create()
        return
      } catch (error) {
        troubles.push(error)
      }
    }
    this.close()
    throw troubles[0]
  }

  get recognisers(): number {
    return this.#engines.reduce((sum, { recognisers }) => sum + recognisers, 0)
  }

  /** False when the settings of no engine name the language. */
  supports(language: string): boolean {
    return this.#engines.some((engine) => engine.mayKnow(language))
  }

  /** Why there is no use in asking for a stream now, if there is none. */
  trouble(language: string): EngineFailure | undefined {
    const able = this.#engines.filter((engine) => engine.supports(language))
    if (able.length === 0) return UNKNOWN
    if (able.some(({ admits }) => admits)) return undefined
    return able.every(({ refused }) => refused) ? REFUSED : AWAY
  }

  /** Whether a stream that was opened instead of a better one should make room for it. */
  hasBetter(language: string): boolean {
    return this.#engines.find((engine) => engine.supports(language))?.admits === true
  }

  /** A stream of the first engine that admits it, or why there is none. Never rejects. */
  async open(request: SupplyRequest): Promise<Supplied | EngineFailure> {
    const { language, fallbackFirst = false } = request
    for (const engine of fallbackFirst ? this.#engines.toReversed() : this.#engines) {
      if (!engine.supports(language) || !engine.admits) continue
      const opened = await engine.open(request)
      if (!isUnsupplied(opened)) return this.#supply(opened, engine, language)
      const next = opened.kind === 'language_unsupported' || !engine.admits
      if (!next) return opened
    }
    return this.trouble(language) ?? AWAY
  }

  /** An utterance was tried as often as one is, last with this engine. */
  gaveUpUtterance(engine: string): void {
    this.#engines.find(({ name }) => name === engine)?.gaveUpUtterance()
  }

  /** `listener` is called once, when streams may be had that could not before. Returns what ends the waiting. */
  whenBetter(listener: () => void): () => void {
    this.#waiting.add(listener)
    return () => this.#waiting.delete(listener)
  }

  /** Only once all streams are closed. */
  close(): void {
    this.#waiting.clear()
    for (const engine of this.#engines) engine.close()
  }

  #supplied(source: EngineSource): SuppliedEngine {
    const { clock, random, tally, changed, streamLife = () => undefined } = this.#options
    return new SuppliedEngine({
      ...{ ...source, clock, random, changed, streamLife },
      failure: () => tally.count('engine_failures', 1),
      admitting: () => this.#better(),
    })
  }

  #supply(stream: SuppliedStream, engine: SuppliedEngine, language: string): Supplied {
    const instead = engine !== this.#engines.find((best) => best.supports(language))
    if (instead) this.#options.tally.count('engine_fallbacks', 1)
    return { ...stream, engine: engine.name, instead }
  }

  #better(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const listener of waiting) listener()
  }
}

export function isUnsupplied(opened: SuppliedStream | EngineFailure): opened is EngineFailure {
  return 'kind' in opened
}
