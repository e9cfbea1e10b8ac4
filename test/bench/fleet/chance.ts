import { SeededRandom } from '../../seeded-random.ts'

/** What befalls a room besides its placements, which are counted from 1; beyond any of these. */
const OCCASIONS = { soon: 60_001, later: 60_002, early: 60_003, noticed: 60_004, drained: 60_005 } as const

/** How it turns out for a room on an occasion, 0 ≤ number < 1: the same whatever the policy and the order of events. */
export type Chance = (room: number, occasion: keyof typeof OCCASIONS | number) => number

export function chanceOf(seed: number): Chance {
  return (room, occasion) => {
    const number = typeof occasion === 'number' ? occasion : OCCASIONS[occasion]
    return new SeededRandom(seed ^ Math.imul(room + 1, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b)).next()
  }
}

export function between({ least, most }: { readonly least: number; readonly most: number }, part: number): number {
  return least + part * (most - least)
}
