import { parseArgs } from 'node:util'
import { type Microphone, speakingMicrophone } from '../browser/microphone.ts'
import { Person } from '../browser/person.ts'
import { startTestProduct, type TestProduct } from '../browser/test-product.ts'
import { silence } from '../speech/synthesise.ts'
import { captionFiguresBetween } from './caption-figures.ts'
import { latencies, sharesTable } from './caption-tables.ts'
import { captioned } from './captioned-utterance.ts'
import { engineAlone } from './engine-alone.ts'
import { machineLine, median, millisecondsHead, millisecondsRow } from './figures.ts'
import { SENTENCES } from './sentences.ts'
import { spokenUtterances } from './spoken-utterances.ts'
import { textTable } from './table.ts'

const HELP = `npm run bench:first-call [-- --joins N] [--utterances N]

Measures, with two real browsers, joins (N, ordinarily 10) and captions (N utterances, ordinarily 40).`

const VOICES = ['rms', 'slt'] as const
const GAP_SECONDS = 1.5

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
  const before = await product.metrics()
  await reader.turnCaptions('on')
  // Half as many again: some finals may be of a part of an utterance.
  const patienceMs = ((utterances + 4) / speech.utterances.length) * speech.seconds * 1_500
  const captions = await reader.readsFinals(utterances + 2, patienceMs)
  const node = captionFiguresBetween(before, await product.metrics())
  const heard = await speaker.page.evaluate(() => window.instruments.spoken)
  const spoken = await spokenUtterances(speech, heard)
  const figures = latencies(
    spoken.map((utterance) => captioned(utterance, captions, GAP_SECONDS * 1_000)).filter(({ final }) => final),
  )
  const alone = latencies(await engineAlone(speech))

  console.log(millisecondsRow('word spoken → on the other screen', figures.first))
  console.log(millisecondsRow('word spoken → there, and not rewritten', figures.forGood))
  console.log(millisecondsRow('end of speech → final on the other screen', figures.final))
  console.log(millisecondsRow('… the engine alone: word → text', alone.first))
  console.log(millisecondsRow('… the engine alone: end → final', alone.final))
  console.log(`\n${figures.final.length} utterances; words wrong ${(100 * figures.wordErrorRate).toFixed(1)} %`)
  console.log(`\n${textTable(sharesTable(median(figures.first), node.stages))}`)
}
