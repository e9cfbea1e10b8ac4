import type { HeardLevel } from '../browser/page-instruments.ts'
import { readWav } from '../speech/wav.ts'

const FRAME_SECONDS = 0.01
const SAMPLE_RATE = 48_000
const LOUD = 0.02
/** Sound after this much quiet is the beginning of an utterance. */
const QUIET_SECONDS = 0.5
const TOLERANCE_SECONDS = 0.08
/** Two sentences may take the same time; a row of them does not. */
const NEIGHBOURS = [-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6] as const

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
 * Recognises beginnings of a file that plays round and round by the times to several before and after. Those with
 * something between them and their neighbours, such as a stalled microphone, are left out.
 */
export function recogniseOnsets(
  seen: readonly number[],
  inFile: readonly number[],
  fileSeconds: number,
): readonly RecognisedOnset[] {
  const inLoop = (index: number) => {
    const loop = Math.floor(index / inFile.length)
    return (inFile[index - loop * inFile.length] ?? Number.NaN) + loop * fileSeconds
  }
  const fits = (place: number, index: number, step: number) => {
    const apart = (seen[place + step] ?? Number.NaN) - (seen[place] ?? Number.NaN)
    return Math.abs(apart - (inLoop(index + step) - inLoop(index))) < TOLERANCE_SECONDS
  }
  return seen.flatMap((at, place) => {
    const candidates = [...inFile.keys()].filter((index) => fits(place, index, -1) && fits(place, index, 1))
    const votes = candidates.map((index) => NEIGHBOURS.filter((step) => fits(place, index, step)).length)
    const index = candidates[votes.indexOf(Math.max(...votes))]
    return index === undefined ? [] : [{ at, index }]
  })
}
