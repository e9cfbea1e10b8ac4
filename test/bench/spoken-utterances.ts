import type { Microphone, Utterance } from '../browser/microphone.ts'
import type { HeardLevel } from '../browser/page-instruments.ts'
import { levelsOfFile, onsets, recogniseOnsets } from './file-alignment.ts'

/** An utterance of a microphone's file; `index` is its place there, and its times are milliseconds. */
export type TimedUtterance = Utterance & { readonly index: number }

/** The utterances of a file, in milliseconds from its start. */
export function fileUtterances({ utterances }: Microphone): readonly TimedUtterance[] {
  return utterances.map((utterance, index) => inMilliseconds({ ...utterance, index }, 0))
}

/** Every utterance as often as the page's microphone heard it whole, its times in milliseconds since the Unix epoch. */
export async function spokenUtterances(
  speech: Microphone,
  heard: readonly HeardLevel[],
): Promise<readonly TimedUtterance[]> {
  const seen = onsets(heard.map(({ at, rms }) => ({ at: at / 1_000, rms })))
  const inFile = onsets(await levelsOfFile(speech.file))
  return recogniseOnsets(seen, inFile, speech.seconds).flatMap(({ at, index }) => {
    const utterance = speech.utterances[index]
    return utterance ? [inMilliseconds({ ...utterance, index }, at - (inFile[index] ?? 0))] : []
  })
}

function inMilliseconds(utterance: TimedUtterance, laterSeconds: number): TimedUtterance {
  const ms = (seconds: number) => (laterSeconds + seconds) * 1_000
  const words = utterance.words.map(({ word, end }) => ({ word, end: ms(end) }))
  return { ...utterance, start: ms(utterance.start), end: ms(utterance.end), words }
}
