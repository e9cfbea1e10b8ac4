import type { SeededRandom } from '../../seeded-random.ts'

const junk = [
  0,
  -1,
  1,
  0.5,
  127,
  255,
  256,
  65_536,
  2 ** 32 - 1,
  2 ** 53,
  '',
  'x',
  'x'.repeat(256),
  '\u0000',
  '💥',
  null,
  true,
  [],
  {},
]

/** A copy in which a few values, somewhere inside, were replaced, left out, or doubled. */
export function mutate(random: SeededRandom, value: unknown, chance: number): unknown {
  if (random.next() < chance / 2) return random.pick<unknown>(undefined, ...junk)
  if (Array.isArray(value)) {
    const copy = value.map((entry) => mutate(random, entry, chance))
    return random.next() < chance ? [...copy, ...copy] : copy
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, mutate(random, entry, chance)]))
  }
  if (random.next() >= chance) return value
  if (typeof value === 'number') return random.pick<unknown>(value + 1, -value, value * 1_000, ...junk)
  return random.pick<unknown>(`${value}${value}`, String(value).slice(1), ...junk)
}

/** A message as bytes, now and then cut short or with some of them changed. */
export function garble(random: SeededRandom, text: string, chance: number): Buffer | string {
  if (random.next() >= chance) return text
  const bytes = Buffer.from(text)
  for (let changes = random.below(4); changes >= 0; changes--) bytes[random.below(bytes.length)] = random.below(256)
  return random.pick<Buffer | string>(bytes, bytes.toString(), text.slice(0, random.below(text.length)))
}
