import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SeededRandom } from '../seeded-random.ts'
import type { Fault } from './fault.ts'
import { type FaultResult, verdictOf } from './fault-result.ts'
import { faultSeed } from './fault-seed.ts'
import type { Network } from './network/network.ts'
import { runFault } from './run-fault.ts'
import { openTheatre, type Theatre, type TheatreOptions } from './theatre.ts'

const MOST_THEATRES = 20
/** A fault for which the machine had no room is played again, the same; other programs come and go. */
const MOST_TRIES = 3

export type PlayOptions = {
  readonly seed: number
  readonly rounds: number
  readonly clients: number
  readonly faults: readonly Fault[]
  readonly network: Network
  readonly folder: string
  readonly owner: AsyncDisposableStack
  readonly onLine: (process: string, line: string) => void
  /** Not `isLast` when the same fault is played again, since the machine had no room for it. */
  readonly onResult: (result: FaultResult, played: { readonly round: number; readonly isLast: boolean }) => void
}

/** Plays the faults, in rounds, on one service; on a new one after one of them has left something wrong for good. */
export async function playFaults(options: PlayOptions): Promise<void> {
  const { seed, rounds, faults, onLine, onResult } = options
  const deaths: string[] = []
  const theatres = new Theatres({ ...options, onDeath: (what) => deaths.push(what) })
  options.owner.defer(() => theatres.close())
  for (let round = 1; round <= rounds; round += 1) {
    for (const fault of faults) {
      for (let tries = 1; ; tries += 1) {
        onLine('chaos', `${fault.name}, round ${round}`)
        const result = await runFault(fault, {
          theatre: await theatres.open(),
          random: new SeededRandom(faultSeed(seed, fault.name, round)),
          takeDeaths: () => deaths.splice(0),
          onStory: (whom, lines) => onLine(whom, lines.join('; ')),
        })
        if (result.problems.length > 0) await theatres.close()
        const isLast = verdictOf(result) !== 'invalid' || tries === MOST_TRIES
        onResult(result, { round, isLast })
        if (isLast) break
      }
    }
  }
}

/** One theatre at a time. */
class Theatres {
  readonly #options: TheatreOptions
  #open: { readonly theatre: Theatre; readonly owner: AsyncDisposableStack } | undefined
  #opened = 0

  constructor(options: TheatreOptions) {
    this.#options = options
  }

  async open(): Promise<Theatre> {
    if (this.#open !== undefined) return this.#open.theatre
    if (this.#opened === MOST_THEATRES) throw new Error('too much went wrong')
    this.#opened += 1
    const folder = join(this.#options.folder, `${this.#opened}`)
    await mkdir(folder)
    await using owner = new AsyncDisposableStack()
    const theatre = await openTheatre({ ...this.#options, folder }, owner)
    this.#open = { theatre, owner: owner.move() }
    return theatre
  }

  async close(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    await open?.owner.disposeAsync()
  }
}
