import { createEngine } from '../../media-node/captions/create-engine.ts'
import { isFailure } from '../../media-node/captions/engine.ts'
import { mediaNodeSettings } from '../../media-node/settings.ts'
import { engineOf } from '../../media-node/speech-to-text-settings.ts'
import { readSettings } from '../../shared/settings.ts'
import type { Utterance } from '../browser/microphone.ts'
import { readWav } from '../speech/wav.ts'
import { showings } from './showings.ts'

const SAMPLE_RATE = 16_000
const CHUNK = SAMPLE_RATE / 10

export type EngineFigures = {
  /** Milliseconds from the end of each word, and of each sentence, to the first text that shows it. */
  readonly words: readonly number[]
  readonly finals: readonly number[]
  /** What it understood of each sentence. */
  readonly said: readonly string[]
}

/**
 * The engine without a call around it: fed the same file, 16 kHz mono, in chunks of 100 ms as if each came the moment it was
 * spoken, with the end of an utterance known. What a call takes beyond this is ours.
 */
export async function engineAlone(file: string, utterances: readonly Utterance[]): Promise<EngineFigures> {
  const engine = await createEngine(engineOf(readSettings(mediaNodeSettings, {}), 'pocketsphinx'), 1)
  const pcm = await readWav(file)
  const words: number[] = []
  const finals: number[] = []
  const said: string[] = []
  for (const utterance of utterances) {
    const { texts, finalAt } = await recognise(engine, pcm, utterance)
    const reference = utterance.words.map(({ word }) => word)
    showings(reference, texts).forEach((shown, index) => {
      if (shown) words.push(shown.first - (utterance.words[index]?.end ?? 0) * 1_000)
    })
    finals.push(finalAt - utterance.end * 1_000)
    said.push(texts.at(-1)?.text ?? '')
  }
  engine.close()
  return { words, finals, said }
}

async function recognise(engine: Awaited<ReturnType<typeof createEngine>>, pcm: Int16Array, utterance: Utterance) {
  const texts: { at: number; text: string }[] = []
  let heardMs = 0
  let began = 0
  const now = () => heardMs + performance.now() - began
  const stream = await engine.open({
    language: 'en',
    onText: ({ text }) => texts.push({ at: now(), text }),
    onFailure: ({ detail }) => {
      throw new Error(detail)
    },
  })
  if (isFailure(stream)) throw new Error(`the engine refused a stream: ${stream.detail}`)
  const last = Math.ceil(utterance.end * SAMPLE_RATE)
  for (let at = Math.floor(utterance.start * SAMPLE_RATE); at < last; at += CHUNK) {
    const end = Math.min(at + CHUNK, last)
    heardMs = (end / SAMPLE_RATE) * 1_000
    began = performance.now()
    stream.write(pcm.slice(at, end))
  }
  stream.finish()
  const finalAt = now()
  stream.close()
  return { texts, finalAt }
}
