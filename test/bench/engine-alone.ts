import { execFileSync } from 'node:child_process'
import { createEngine } from '../../media-node/captions/create-engine.ts'
import { type Engine, isFailure } from '../../media-node/captions/engine.ts'
import { mediaNodeSettings } from '../../media-node/settings.ts'
import { engineOf } from '../../media-node/speech-to-text-settings.ts'
import { readSettings } from '../../shared/settings.ts'
import type { Microphone } from '../browser/microphone.ts'
import { readWav } from '../speech/wav.ts'
import { type CaptionedUtterance, captioned, type TimedText } from './captioned-utterance.ts'
import { fileUtterances, type TimedUtterance } from './spoken-utterances.ts'

const SAMPLES_PER_MS = 16
const CHUNK = 100 * SAMPLES_PER_MS
const CONVERT_DEADLINE_MS = 60_000

/**
 * The engine without a call around it: fed the same file, 16 kHz mono, in chunks of 100 ms as if each came the moment it was
 * spoken, with the end of an utterance known. What a call takes beyond this is ours.
 */
export async function engineAlone(speech: Microphone): Promise<readonly CaptionedUtterance[]> {
  const file = speech.file.replace(/\.wav$/, '-16k.wav')
  execFileSync('sox', [speech.file, '-r', '16000', '-c', '1', file], { timeout: CONVERT_DEADLINE_MS })
  const pcm = await readWav(file)
  const engine = await createEngine(engineOf(readSettings(mediaNodeSettings, {}), 'pocketsphinx'), 1)
  try {
    const results: CaptionedUtterance[] = []
    for (const utterance of fileUtterances(speech)) {
      const texts = await recognise(engine, pcm, utterance)
      results.push(captioned(utterance, texts, Number.POSITIVE_INFINITY))
    }
    return results
  } finally {
    engine.close()
  }
}

async function recognise(engine: Engine, pcm: Int16Array, utterance: TimedUtterance): Promise<TimedText[]> {
  const texts: TimedText[] = []
  let heardMs = 0
  let began = 0
  const stream = await engine.open({
    language: 'en',
    onText: ({ text, final }) => {
      texts.push({ at: heardMs + performance.now() - began, segmentId: '', final, text })
    },
    onFailure: ({ detail }) => {
      throw new Error(detail)
    },
  })
  if (isFailure(stream)) throw new Error(`the engine refused a stream: ${stream.detail}`)
  const last = Math.ceil(utterance.end * SAMPLES_PER_MS)
  for (let at = Math.floor(utterance.start * SAMPLES_PER_MS); at < last; at += CHUNK) {
    const end = Math.min(at + CHUNK, last)
    heardMs = end / SAMPLES_PER_MS
    began = performance.now()
    stream.write(pcm.slice(at, end))
  }
  stream.finish()
  stream.close()
  return texts
}
