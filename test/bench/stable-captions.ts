import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { decoderSettings } from '../../media-node/captions/engines/pocketsphinx.ts'
import {
  type PocketSphinxDecoder,
  PocketSphinxLibrary,
} from '../../media-node/captions/engines/pocketsphinx-library.ts'
import { StableText } from '../../media-node/captions/stable-text.ts'
import { wordFlicker } from '../../media-node/captions/word-flicker.ts'
import { mediaNodeSettings } from '../../media-node/settings.ts'
import { engineOf } from '../../media-node/speech-to-text-settings.ts'
import { readSettings } from '../../shared/settings.ts'
import { speakingMicrophone, type Utterance } from '../browser/microphone.ts'
import { readWav } from '../speech/wav.ts'
import { alignWords, wordsOf } from '../speech/word-alignment.ts'
import { machineLine, percentile } from './figures.ts'
import { SENTENCES, VOICES } from './sentences.ts'
import { showings } from './showings.ts'
import { markdownTable } from './table.ts'
import { TEXT_POLICIES, type TextPolicy } from './text-policies.ts'

const HELP = `node test/bench/stable-captions.ts

Compares, with PocketSphinx alone, how much of what is shown is taken back, and how late a word is shown, by what is
done with its text. Sound comes every 100 ms; a hypothesis is asked for after so many milliseconds of it.`

const SAMPLE_RATE = 16_000
const CHUNK = SAMPLE_RATE / 10
/** As the lane's gate hears an utterance: from before it begins to the end of the hang-over. */
const BEFORE_SECONDS = 0.3
const AFTER_SECONDS = 0.25
const PORTIONS_MS = [100, 50, 20] as const

type Text = { readonly at: number; readonly text: string }
/** One chunk's hypotheses, and its words weighed anew; `at` is in milliseconds from the file's start. */
type HeardChunk = {
  readonly at: number
  readonly hypotheses: readonly string[]
  readonly weighed: { readonly at: number; readonly text: string | undefined }
}
type Heard = { readonly utterance: Utterance; readonly chunks: readonly HeardChunk[]; readonly final: Text }

const { values: options } = parseArgs({ options: { help: { type: 'boolean', default: false } } })
if (options.help) console.log(HELP)
else await bench()

async function bench(): Promise<void> {
  console.log(machineLine())
  const speech = await speakingMicrophone(
    VOICES.flatMap((voice) => SENTENCES.map((text) => ({ text, voice }))),
    0.5,
  )
  const file = speech.file.replace(/\.wav$/, '-16k.wav')
  execFileSync('sox', [speech.file, '-r', `${SAMPLE_RATE}`, '-c', '1', file])
  const pcm = await readWav(file)
  const engine = engineOf(readSettings(mediaNodeSettings, {}), 'pocketsphinx')
  if (engine.name !== 'pocketsphinx') throw new Error('the settings name another engine')
  const settings = await decoderSettings(engine)
  const head = ['policy', 'shown', 'rewritten', 'part', 'p50', 'p95', 'for good p50', 'for good p95', 'wrong']
  for (const portionMs of PORTIONS_MS) {
    const decoder = await new PocketSphinxLibrary().load(settings)
    const heard = speech.utterances.map((utterance) => hear(decoder, { pcm, utterance, portionMs }))
    decoder.free()
    console.log(`\na hypothesis every ${portionMs} ms`)
    const rows = TEXT_POLICIES.map(([name, policy]) => [name, ...figures(heard, () => policyViewer(policy))])
    const product = ['newest word held for 5, all weighed anew', ...figures(heard, stableViewer)]
    console.log(markdownTable({ head, rows: [...rows, product] }))
  }
}

type Hearing = { readonly pcm: Int16Array; readonly utterance: Utterance; readonly portionMs: number }

function hear(decoder: PocketSphinxDecoder, { pcm, utterance, portionMs }: Hearing): Heard {
  const chunks: HeardChunk[] = []
  const portion = (portionMs * SAMPLE_RATE) / 1_000
  const last = Math.ceil((utterance.end + AFTER_SECONDS) * SAMPLE_RATE)
  decoder.startUtterance()
  for (let at = Math.floor((utterance.start - BEFORE_SECONDS) * SAMPLE_RATE); at < last; at += CHUNK) {
    const end = Math.min(at + CHUNK, last)
    const began = performance.now()
    const hypotheses: string[] = []
    for (let from = at; from < end; from += portion) {
      decoder.process(pcm.slice(from, Math.min(end, from + portion)))
      hypotheses.push(decoder.hypothesis())
    }
    const now = () => (end / SAMPLE_RATE) * 1_000 + performance.now() - began
    const heardAt = now()
    const text = decoder.bestPath()
    chunks.push({ at: heardAt, hypotheses, weighed: { at: now(), text } })
  }
  decoder.endUtterance()
  return { utterance, chunks, final: { at: (last / SAMPLE_RATE) * 1_000, text: decoder.hypothesis() } }
}

/** What is shown after each chunk. */
type Viewer = (chunk: HeardChunk) => Text

function policyViewer(policy: TextPolicy): Viewer {
  const before: (readonly string[])[] = []
  let shown: readonly string[] = []
  return ({ at, hypotheses }) => {
    let next = shown
    for (const words of hypotheses.map(wordsOf)) {
      next = policy(words, before, shown)
      before.push(words)
    }
    shown = next
    return { at, text: shown.join(' ') }
  }
}

/** What the product does. */
function stableViewer(): Viewer {
  const stable = new StableText()
  return ({ hypotheses, weighed }) => ({ at: weighed.at, text: stable.next(hypotheses, weighed.text) })
}

function figures(heard: readonly Heard[], viewer: () => Viewer): string[] {
  const flicker = { shown: 0, rewritten: 0 }
  const first: number[] = []
  const forGood: number[] = []
  let wrong = 0
  let all = 0
  for (const each of heard) {
    const texts = [...each.chunks.map(viewer()), each.final]
    for (const [index, { text }] of texts.entries()) {
      const { shown, rewritten } = wordFlicker(texts[index - 1]?.text ?? '', text)
      flicker.shown += shown
      flicker.rewritten += rewritten
    }
    const reference = each.utterance.words.map(({ word }) => word)
    wrong += alignWords(reference, wordsOf(each.final.text)).edits
    all += reference.length
    showings(reference, texts).forEach((showing, index) => {
      if (showing === undefined) return
      const end = (each.utterance.words[index]?.end ?? 0) * 1_000
      first.push(showing.first - end)
      forGood.push(showing.forGood - end)
    })
  }
  const delays = [first, forGood].flatMap((values) => [0.5, 0.95].map((part) => percentile(values, part).toFixed(0)))
  const part = (of: number, whole: number) => `${((100 * of) / whole).toFixed(1)} %`
  return [
    `${flicker.shown}`,
    `${flicker.rewritten}`,
    part(flicker.rewritten, flicker.shown),
    ...delays,
    part(wrong, all),
  ]
}
