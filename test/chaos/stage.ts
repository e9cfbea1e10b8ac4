import type { SeededRandom } from '../seeded-random.ts'
import type { ChaosClient } from './clients/chaos-client.ts'
import type { Fleet } from './fleet/fleet.ts'

/** What a fault has to play with. */
export type Stage = {
  readonly fleet: Fleet
  readonly clients: readonly ChaosClient[]
  /** Which media node serves each room before the fault, by their ids. */
  readonly homes: ReadonlyMap<string, string>
  readonly random: SeededRandom
  /** Says that the fault begins now, and which clients have something to do with it; the others must not notice. */
  readonly strike: (exposed: readonly ChaosClient[]) => void
  /** Notes something that should not have been so. */
  readonly complain: (problem: string) => void
}
