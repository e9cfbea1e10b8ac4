import { SeededRandom } from '../../seeded-random.ts'

const RATE_HZ = 48_000

/** Sound with the harmonics, the syllables and the hiss of speech, 48 kHz mono, the same for the same seed. */
export function speechLike(seconds: number, seed: number): Int16Array {
  const random = new SeededRandom(seed)
  const pitch = 90 + random.below(120)
  const syllables = 3 + random.next() * 2
  return Int16Array.from({ length: Math.round(seconds * RATE_HZ) }, (_, index) => {
    const time = index / RATE_HZ
    const loudness = 0.4 + 0.6 * Math.sin(Math.PI * syllables * time) ** 2
    const voice = [1, 2, 3, 5, 8].reduce((sum, n) => sum + Math.sin(2 * Math.PI * pitch * n * time) / n, 0)
    return Math.round(loudness * (4000 * voice + 400 * (random.next() - 0.5)))
  })
}

export function silence(seconds: number): Int16Array {
  return new Int16Array(Math.round(seconds * RATE_HZ))
}

/** A quiet room, below what counts as speech. */
export function hiss(seconds: number, seed: number): Int16Array {
  const random = new SeededRandom(seed)
  return Int16Array.from({ length: Math.round(seconds * RATE_HZ) }, () => random.below(80) - 40)
}

export function joined(...parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
