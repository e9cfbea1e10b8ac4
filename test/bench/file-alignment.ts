import type { HeardLevel } from '../browser/page-instruments.ts'
import { readWav } from '../speech/wav.ts'

const FRAME_SECONDS = 0.01
const SAMPLE_RATE = 48_000
const LOUD = 0.02
/** Sound after this much quiet is the beginning of an utterance. */
const QUIET_SECONDS = 0.5
const TOLERANCE_SECONDS = 0.05

/** The RMS of each 10 ms of a 48 kHz mono 16-bit WAV file, `at` in seconds from its start. */
export async function levelsOfFile(file: string): Promise<readonly HeardLevel[]> {
  const pcm = await readWav(file)
  const frame = SAMPLE_RATE * FRAME_SECONDS
  return Array.from({ length: Math.floor(pcm.length / frame) }, (_, index) => {
    const samples = pcm.subarray(index * frame, (index + 1) * frame)
    const power = samples.reduce((sum, sample) => sum + (sample / 32_768) ** 2, 0) / frame
    return { at: (index + 1) * FRAME_SECONDS, rms: Math.sqrt(power) }
  })
}

/** The beginnings of utterances, on the levels' own clock in seconds. */
export function onsets(levels: readonly HeardLevel[]): readonly number[] {
  let lastLoud = Number.NEGATIVE_INFINITY
  return levels.flatMap(({ at, rms }) => {
    if (rms < LOUD) return []
    const begins = at - lastLoud > QUIET_SECONDS
    lastLoud = at
    return begins ? [at] : []
  })
}

/**
 * When the file's start was captured, in seconds on the clock of `seen`, if it plays round and round: the offset at which
 * the most of the beginnings seen fall on one of the file's. The result is one of many, whole rounds apart.
 *
 * @throws Error when fewer than nine in ten fall on one
 */
export function startOfFile(seen: readonly number[], inFile: readonly number[], fileSeconds: number): number {
  const distance = (a: number) => Math.abs(a - fileSeconds * Math.round(a / fileSeconds))
  const matches = (offset: number) =>
    seen.filter((at) => inFile.some((own) => distance(at - offset - own) < TOLERANCE_SECONDS)).length
  const [first = 0] = seen
  const best = inFile
    .map((own) => first - own)
    .reduce((best, offset) => (matches(offset) > matches(best) ? offset : best), first - (inFile[0] ?? 0))
  if (matches(best) < 0.9 * seen.length) throw new Error('what the microphone heard is not what the file plays')
  return best
}
