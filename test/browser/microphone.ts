import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type SynthesisOptions, synthesise } from '../speech/synthesise.ts'
import { readWav } from '../speech/wav.ts'

const run = promisify(execFile)
const DEADLINE_MS = 60_000
const SAMPLE_RATE = 48_000

/** A word and the seconds from the file's start at which it has been spoken. */
export type SpokenWord = { readonly word: string; readonly end: number }

/** One sentence in a microphone's file; times are seconds from the file's start. */
export type Utterance = {
  readonly sentence: string
  readonly start: number
  readonly end: number
  readonly words: readonly SpokenWord[]
}

export type Microphone = {
  /** A 48 kHz mono WAV file for Chromium to play, again and again, as what its microphone hears. */
  readonly file: string
  readonly utterances: readonly Utterance[]
  readonly seconds: number
}

export type Sentence = { readonly text: string; readonly voice: SynthesisOptions['voice'] }

/** Speaks the sentences one after the other, each after `gapSeconds` of silence. The file goes with the process. */
export async function speakingMicrophone(sentences: readonly Sentence[], gapSeconds: number): Promise<Microphone> {
  const utterances: Utterance[] = []
  const parts: string[] = []
  let at = 0
  for (const { text, voice } of sentences) {
    const part = await synthesise(text, { voice, before: gapSeconds, after: 0 })
    const start = at + gapSeconds
    const words = (await wordEnds(text, voice)).map(({ word, end }) => ({ word, end: start + end }))
    utterances.push({ sentence: text, start, end: words.at(-1)?.end ?? start, words })
    parts.push(part)
    at += (await readWav(part)).length / SAMPLE_RATE
  }
  const [first = ''] = parts
  const file = first.replace(/\.wav$/, '-and-all.wav')
  await run('sox', [...parts, file, 'pad', '0', `${gapSeconds}`], { timeout: DEADLINE_MS })
  return { file, utterances, seconds: at + gapSeconds }
}

/**
 * When each word ends, in seconds from the sentence's start, as the synthesiser itself says: it prints every phone with
 * its end, and how many phones a word has is asked by having it spoken alone.
 */
async function wordEnds(sentence: string, voice: string): Promise<SpokenWord[]> {
  const phones = await phonesOf(sentence, voice)
  const ends: SpokenWord[] = []
  let spoken = 0
  for (const word of sentence.split(/\s+/)) {
    spoken += (await phonesOf(word, voice)).length
    const end = phones[spoken - 1]
    if (end === undefined) throw new Error(`flite speaks "${word}" otherwise in "${sentence}"`)
    ends.push({ word, end })
  }
  if (spoken !== phones.length) throw new Error(`flite speaks the words of "${sentence}" otherwise than alone`)
  return ends
}

/** The ends of all phones but pauses, in seconds. */
async function phonesOf(text: string, voice: string): Promise<number[]> {
  const { stdout } = await run('flite', ['-voice', voice, '-psdur', '-t', text, '-o', 'none'], { timeout: DEADLINE_MS })
  return [...stdout.matchAll(/(\S+?):([\d.]+)/g)].filter(([, phone]) => phone !== 'pau').map(([, , end]) => Number(end))
}
