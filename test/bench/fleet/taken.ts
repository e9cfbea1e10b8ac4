import type { SeededRandom } from '../../seeded-random.ts'

/** Takes one out at random; undefined when there is none. The order of the others changes. */
export function taken<T>(from: T[], random: SeededRandom): T | undefined {
  const index = random.below(from.length)
  const [one, last] = [from[index], from.pop()]
  if (last !== undefined && index < from.length) from[index] = last
  return one
}
