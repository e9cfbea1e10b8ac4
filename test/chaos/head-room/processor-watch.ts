import { readFileSync } from 'node:fs'
import { allowedCpus, type ProcessTime, processorTime, processTimes, withDescendants } from './processor-time.ts'

/** What a process did since the last look is lost when it ends. */
const BETWEEN_LOOKS_MS = 500

/** Shares of the processors that this process may run on, from 0 to 1. */
export type ProcessorShares = {
  readonly free: number
  /** Taken by the product: control plane, media nodes and what they have started. */
  readonly product: number
  /** Taken by others on this machine, who have nothing to do with the stage. */
  readonly foreign: number
}

/** Looks on while the stage runs, and tells who has had the processors. */
export class ProcessorWatch {
  readonly #productPids: () => readonly number[]
  readonly #cpus = allowedCpus()
  readonly #timer: NodeJS.Timeout
  #last = this.#look()
  #sums = { busy: 0, total: 0, own: 0, product: 0 }

  /** @param productPids the processes of the product that run now */
  constructor(productPids: () => readonly number[]) {
    this.#productPids = productPids
    this.#timer = setInterval(() => this.#note(), BETWEEN_LOOKS_MS)
  }

  /** The shares since this was called last. */
  take(): ProcessorShares {
    this.#note()
    const { busy, total, own, product } = this.#sums
    this.#sums = { busy: 0, total: 0, own: 0, product: 0 }
    const share = (ticks: number) => (total === 0 ? 0 : Math.min(1, Math.max(0, ticks / total)))
    return { free: share(total - busy), product: share(product), foreign: share(busy - own) }
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #look() {
    return { processor: processorTime(readFileSync('/proc/stat', 'utf8'), this.#cpus), processes: processTimes() }
  }

  #note(): void {
    const before = this.#last
    const now = this.#look()
    this.#last = now
    const earlier = new Map(before.processes.map(({ pid, ticks }) => [pid, ticks]))
    const spent = (roots: readonly number[]) => {
      const pids = withDescendants(roots, now.processes)
      return now.processes.reduce((sum, one) => sum + (pids.has(one.pid) ? spentBy(one, earlier) : 0), 0)
    }
    this.#sums = {
      busy: this.#sums.busy + now.processor.busy - before.processor.busy,
      total: this.#sums.total + now.processor.total - before.processor.total,
      own: this.#sums.own + spent([process.pid]),
      product: this.#sums.product + spent(this.#productPids()),
    }
  }
}

function spentBy({ pid, ticks }: ProcessTime, earlier: ReadonlyMap<number, number>): number {
  return ticks - Math.min(ticks, earlier.get(pid) ?? 0)
}
