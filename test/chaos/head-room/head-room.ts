import { setTimeout as wait } from 'node:timers/promises'
import type { Fleet } from '../fleet/fleet.ts'
import { type ProcessorShares, ProcessorWatch } from './processor-watch.ts'
import { WakeProbe } from './wake-probe.ts'

/** For how long the stage is watched before each fault, while nothing happens. */
const CALM_MS = 3_000
/** For a stage on which somebody has just started, or come back, to become calm. */
const CALM_DEADLINE_MS = 60_000

const LEAST_FREE = 0.15
const MOST_LATE_MS = 50
const MOST_FOREIGN = 0.25
/** In calm. A product that takes more has got stuck in something, and no stage could be large enough for it. */
const MOST_PRODUCT = 0.6

/** The stage before a fault, when nothing happens. */
export type Calm = ProcessorShares & {
  /** How late the latest hundredth of a sleeping thread's wakes came. */
  readonly lateMs: number
}

/**
 * Why there was no head-room, or undefined when there was. The calm says whether the stage fits the machine; of the time
 * of the fault itself only those count who have nothing to do with the stage, so that a product which takes everything
 * while it recovers finds no excuse here.
 */
export function lackOfRoom({ calm, foreign }: { readonly calm: Calm; readonly foreign: number }): string | undefined {
  if (calm.product <= MOST_PRODUCT) {
    if (calm.free < LEAST_FREE) return `only ${percent(calm.free)} of the processors were free before the fault`
    if (calm.lateMs > MOST_LATE_MS) return `a sleeping thread woke ${Math.round(calm.lateMs)} ms late before the fault`
  }
  if (foreign > MOST_FOREIGN) return `other programs took ${percent(foreign)} of the processors`
  return undefined
}

/** What is wrong with the product when it takes the processors though nothing happens. */
export function calmProblems({ product }: Calm): readonly string[] {
  if (product <= MOST_PRODUCT) return []
  return [`control plane and media nodes took ${percent(product)} of the processors while nothing happened`]
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** Measures whether the machine has room for the stage. */
export class HeadRoom {
  readonly #processors: ProcessorWatch
  readonly #probe = new WakeProbe()

  constructor({ controlPlane, nodes }: Fleet) {
    const product = [controlPlane, ...nodes.map(({ process }) => process)]
    this.#processors = new ProcessorWatch(() => product.filter(({ isRunning }) => isRunning).map(({ pid }) => pid))
  }

  /**
   * Watches the stage, to which nothing may be done meanwhile, until it has been calm and had room for some seconds, or
   * does not become so in time.
   */
  async calm(): Promise<Calm> {
    const deadline = Date.now() + CALM_DEADLINE_MS
    for (;;) {
      const calm = await this.#watch()
      const isCalm = lackOfRoom({ calm, foreign: calm.foreign }) === undefined && calmProblems(calm).length === 0
      if (isCalm || Date.now() > deadline) return calm
    }
  }

  /** The share that others took since the calm. */
  foreign(): number {
    return this.#processors.take().foreign
  }

  async close(): Promise<void> {
    this.#processors.close()
    await this.#probe.close()
  }

  async #watch(): Promise<Calm> {
    this.#processors.take()
    this.#probe.take()
    await wait(CALM_MS)
    return { ...this.#processors.take(), lateMs: this.#probe.take() }
  }
}
