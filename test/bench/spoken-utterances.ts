import type { Microphone, Utterance } from '../browser/microphone.ts'
import type { HeardLevel } from '../browser/page-instruments.ts'
import { levelsOfFile, onsets, recogniseOnsets } from './file-alignment.ts'

/** Every utterance as often as it was spoken whole, its times in milliseconds since the Unix epoch. */
export async function spokenUtterances(
  speech: Microphone,
  heard: readonly HeardLevel[],
): Promise<readonly Utterance[]> {
  const seen = onsets(heard.map(({ at, rms }) => ({ at: at / 1_000, rms })))
  const inFile = onsets(await levelsOfFile(speech.file))
  return recogniseOnsets(seen, inFile, speech.seconds).flatMap(({ at, index }) => {
    const utterance = speech.utterances[index]
    const ms = (seconds: number) => (at - (inFile[index] ?? 0) + seconds) * 1_000
    if (!utterance) return []
    const words = utterance.words.map(({ word, end }) => ({ word, end: ms(end) }))
    return [{ sentence: utterance.sentence, start: ms(utterance.start), end: ms(utterance.end), words }]
  })
}
