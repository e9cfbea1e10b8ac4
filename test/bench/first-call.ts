import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { type Microphone, speakingMicrophone, type Utterance } from '../browser/microphone.ts'
import type { SeenCaption } from '../browser/page-instruments.ts'
import { Person } from '../browser/person.ts'
import { startTestProduct, type TestProduct } from '../browser/test-product.ts'
import { silence } from '../speech/synthesise.ts'
import { alignWords } from '../speech/word-alignment.ts'
import { engineAlone } from './engine-alone.ts'
import { machineLine, median, millisecondsHead, millisecondsRow } from './figures.ts'
import { showings } from './showings.ts'
import { spokenUtterances } from './spoken-utterances.ts'

const HELP = `npm run bench:first-call [-- --joins N] [--utterances N]

Measures, with two real browsers, joins (N, ordinarily 10) and captions (N utterances, ordinarily 40).`

const SENTENCES = [
  'please call the doctor before noon tomorrow',
  'we will meet again next week in the main office',
  'the weather in the north is cold and wet today',
  'can you send me the report before the end of the day',
  'the train to the city leaves at seven in the morning',
  'she wants to buy a new house near the river',
  'my brother works for a small company in the south',
  'they found the old letters under the kitchen floor',
  'there is a good place to eat behind the station',
  'we should talk about the money before we begin',
]
const VOICES = ['rms', 'slt'] as const
const GAP_SECONDS = 1.5
const STAGES = ['tap', 'lane', 'engine', 'fanout'] as const

const { values: options } = parseArgs({
  options: {
    joins: { type: 'string', default: '10' },
    utterances: { type: 'string', default: '40' },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) console.log(HELP)
else await bench(Number(options.joins), Number(options.utterances))

async function bench(joins: number, utterances: number): Promise<void> {
  console.log(machineLine())
  const sentences = VOICES.flatMap((voice) => SENTENCES.map((text) => ({ text, voice })))
  const speech = await speakingMicrophone(sentences, GAP_SECONDS)
  const product = await startTestProduct()
  const speaker = await Person.open({ name: 'Ana', microphone: speech.file })
  const reader = await Person.open({ name: 'Ben', microphone: await silence() })
  try {
    await speaker.join(product.url, 'bench')
    await benchJoins(product, reader, joins)
    await benchCaptions(product, { speaker, reader, speech, utterances })
  } finally {
    await Promise.all([speaker.close(), reader.close()])
    await product.stop()
  }
}

async function benchJoins(product: TestProduct, reader: Person, joins: number): Promise<void> {
  const toWelcome: number[] = []
  const toFrame: number[] = []
  for (let join = 0; join < joins; join += 1) {
    if (join > 0) await reader.leave()
    await reader.join(product.url, 'bench')
    await reader.seesOthers(1)
    const marks = await reader.page.evaluate(() =>
      ['jbc:join-click', 'jbc:welcome', 'jbc:first-remote-frame'].map(
        (name) => performance.getEntriesByName(name)[0]?.startTime ?? Number.NaN,
      ),
    )
    const [click = Number.NaN, welcome = Number.NaN, frame = Number.NaN] = marks
    toWelcome.push(welcome - click)
    toFrame.push(frame - click)
  }
  console.log(`\n${millisecondsHead}`)
  console.log(millisecondsRow('join → let in by the media node', toWelcome))
  console.log(millisecondsRow('join → first remote frame', toFrame))
}

type CaptionRun = {
  readonly speaker: Person
  readonly reader: Person
  readonly speech: Microphone
  readonly utterances: number
}

async function benchCaptions(product: TestProduct, run: CaptionRun): Promise<void> {
  const { speaker, reader, speech, utterances } = run
  const before = await stageSums(product)
  await reader.turnCaptions('on')
  // Half as many again: some finals may be of a part of an utterance.
  const patienceMs = ((utterances + 4) / speech.utterances.length) * speech.seconds * 1_500
  const captions = await reader.readsFinals(utterances + 2, patienceMs)
  const after = await stageSums(product)
  const heard = await speaker.page.evaluate(() => window.instruments.spoken)
  const figures = compare(captions, await spokenUtterances(speech, heard))

  const file = speech.file.replace(/\.wav$/, '-16k.wav')
  execFileSync('sox', [speech.file, '-r', '16000', '-c', '1', file])
  const alone = await engineAlone(file, speech.utterances)

  console.log(millisecondsRow('word spoken → on the other screen', figures.words))
  console.log(millisecondsRow('word spoken → there, and not rewritten', figures.settled))
  console.log(millisecondsRow('end of speech → final on the other screen', figures.finals))
  console.log(millisecondsRow('… the engine alone: word → text', alone.words))
  console.log(millisecondsRow('… the engine alone: end → final', alone.finals))
  console.log(
    `\n${figures.finals.length} utterances; words wrong or missing ${(100 * figures.wordErrorRate).toFixed(1)} %`,
  )
  printShares(median(figures.words), before, after)
}

function compare(captions: readonly SeenCaption[], spoken: readonly Utterance[]) {
  const words: number[] = []
  const settled: number[] = []
  const finals: number[] = []
  let wrong = 0
  let all = 0
  for (const utterance of spoken) {
    const final = captions.find(
      ({ final, at }) => final && at > utterance.end && at < utterance.end + GAP_SECONDS * 1_000,
    )
    if (!final) continue
    const texts = captions.filter(({ segmentId }) => segmentId === final.segmentId)
    const reference = utterance.words.map(({ word }) => word)
    showings(reference, texts).forEach((shown, index) => {
      const end = utterance.words[index]?.end
      if (!shown || end === undefined) return
      words.push(shown.first - end)
      settled.push(shown.forGood - end)
    })
    finals.push(final.at - utterance.end)
    wrong += alignWords(reference, final.text.split(/\s+/)).right.filter((right) => !right).length
    all += reference.length
  }
  return { words, settled, finals, wordErrorRate: wrong / all }
}

type StageSums = ReadonlyMap<string, { readonly seconds: number; readonly count: number }>

async function stageSums(product: TestProduct): Promise<StageSums> {
  const text = await product.metrics()
  const read = (stage: string, what: string) =>
    Number(new RegExp(`caption_stage_duration_seconds_${what}{[^}]*stage="${stage}"[^}]*} (\\S+)`).exec(text)?.[1] ?? 0)
  return new Map(STAGES.map((stage) => [stage, { seconds: read(stage, 'sum'), count: read(stage, 'count') }]))
}

/** What the media node measured of each stage, and what is left of the whole: the two browsers and the recogniser's lag. */
function printShares(whole: number, before: StageSums, after: StageSums): void {
  const row = (what: string, ms: number) =>
    console.log(`${what.padEnd(44)} ${ms.toFixed(1).padStart(8)} ${`${((100 * ms) / whole).toFixed(0)} %`.padStart(7)}`)
  console.log(
    `\n${'share of "word spoken → on the other screen"'.padEnd(44)} ${'ms'.padStart(8)} ${'share'.padStart(7)}`,
  )
  let rest = whole
  for (const stage of STAGES) {
    const [a, b] = [before.get(stage), after.get(stage)]
    const count = (b?.count ?? 0) - (a?.count ?? 0)
    const ms = count === 0 ? 0 : (1_000 * ((b?.seconds ?? 0) - (a?.seconds ?? 0))) / count
    rest -= ms
    row(`media node: ${stage} (mean)`, ms)
  }
  row('browsers, network, waiting for a full chunk', rest)
  row('whole (median)', whole)
}
