import type { HeardLevel } from '../browser/page-instruments.ts'
import { readWav } from '../speech/wav.ts'

const FRAME_SECONDS = 0.01
const SAMPLE_RATE = 48_000
const LOUD = 0.02
/** Sound after this much quiet is the beginning of an utterance. */
const QUIET_SECONDS = 0.5
const TOLERANCE_SECONDS = 0.08

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

/** A beginning that was heard, and which of the file's it was. */
export type RecognisedOnset = { readonly at: number; readonly index: number }

/**
 * Recognises beginnings of a file that plays round and round by the time to the ones before and after; of several that
 * fit, the one that follows is it, or else the nearest. Those that something came in between of, such as a stalled
 * microphone, are left out.
 */
export function recogniseOnsets(
  seen: readonly number[],
  inFile: readonly number[],
  fileSeconds: number,
): readonly RecognisedOnset[] {
  const toNext = inFile.map((at, index) => (inFile[index + 1] ?? (inFile[0] ?? 0) + fileSeconds) - at)
  let expected: number | undefined
  return seen.flatMap((at, place) => {
    const before = at - (seen[place - 1] ?? Number.NaN)
    const after = (seen[place + 1] ?? Number.NaN) - at
    const fits = toNext.flatMap((next, index) => {
      const distance = Math.max(Math.abs(after - next), Math.abs(before - (toNext.at(index - 1) ?? Number.NaN)))
      return distance < TOLERANCE_SECONDS ? [{ index, distance }] : []
    })
    fits.sort((a, b) => a.distance - b.distance)
    const found = fits.find(({ index }) => index === expected) ?? fits[0]
    expected = found && (found.index + 1) % inFile.length
    return found ? [{ at, index: found.index }] : []
  })
}
