import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { type Microphone, speakingMicrophone } from '../browser/microphone.ts'
import { Person } from '../browser/person.ts'
import { startTestProduct } from '../browser/test-product.ts'
import { silence } from '../speech/synthesise.ts'
import { captionFiguresBetween } from './caption-figures.ts'
import { type CaptionedUtterance, captioned } from './captioned-utterance.ts'
import { type CaptionRun, captionsResult, captionsText } from './captions/report.ts'
import { engineAlone } from './engine-alone.ts'
import { machineLine } from './figures.ts'
import { SENTENCES, VOICES } from './sentences.ts'
import { spokenUtterances } from './spoken-utterances.ts'
import { writeResult } from './write-result.ts'

const MOST_UTTERANCES = 200
const HELP = `npm run bench:captions [-- --utterances 54 --write]

Has one person speak to another, each in a real browser, and follows every word from when it was spoken to the other's
screen: ${SENTENCES.length} sentences in ${VOICES.length} voices, round and round, until so many utterances (at most ${MOST_UTTERANCES}) were captioned.
Beside it, the engine is fed the same file without a call. An utterance takes some five seconds.
--write puts the result into docs/benchmarks/captions.md.`

const GAP_SECONDS = 1.5
/** A final text that comes later belongs to what is said next. */
const PATIENCE_MS = 1_000 * GAP_SECONDS
/** The longest sentence, its gap and a stalled microphone. */
const MOST_MS_FOR_ONE = 10_000
const LOOK_EVERY = 6

const { values: options } = parseArgs({
  options: {
    utterances: { type: 'string', default: '54' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) console.log(HELP)
else await bench(Math.min(MOST_UTTERANCES, Math.max(1, Number(options.utterances) || 1)))

async function bench(utterances: number): Promise<void> {
  const machine = `${machineLine()}; load before ${loadavg()[0]?.toFixed(1)}`
  console.log(machine)
  console.error('… speaking the sentences')
  const sentences = SENTENCES.flatMap((text) => VOICES.map((voice) => ({ text, voice })))
  const speech = await speakingMicrophone(sentences, GAP_SECONDS)
  const call = await captionedInCall(speech, utterances)
  console.error('… the engine alone')
  const heard = new Set(call.utterances.map(({ utterance }) => utterance.index))
  const alone = (await engineAlone(speech)).filter(({ utterance }) => heard.has(utterance.index))
  const voiceOf = ({ utterance }: CaptionedUtterance) => sentences[utterance.index]?.voice ?? ''
  const run: CaptionRun = { ...call, alone, voiceOf }
  console.log(`\n${captionsText(run)}`)
  if (!options.write) return
  const command = `npm run bench:captions -- --utterances ${utterances} --write`
  await writeResult(captionsResult(run, { machine, command }))
}

async function captionedInCall(speech: Microphone, wanted: number): Promise<Pick<CaptionRun, 'utterances' | 'node'>> {
  console.error('… starting the product and two browsers')
  const product = await startTestProduct()
  const people: Person[] = []
  try {
    const speaker = await Person.open({ name: 'Ana', microphone: speech.file })
    people.push(speaker)
    const reader = await Person.open({ name: 'Ben', microphone: await silence() })
    people.push(reader)
    await speaker.join(product.url, 'bench')
    await reader.join(product.url, 'bench')
    await reader.seesOthers(1)
    const before = await product.metrics()
    await reader.turnCaptions('on')
    const utterances = await collect({ speaker, reader, speech, wanted })
    return { utterances, node: captionFiguresBetween(before, await product.metrics()) }
  } finally {
    await Promise.allSettled(people.map((person) => person.close()))
    await product.stop()
  }
}

type Collection = {
  readonly speaker: Person
  readonly reader: Person
  readonly speech: Microphone
  readonly wanted: number
}

/** Every utterance from the second one on that was spoken whole, until there are enough of them. */
async function collect({ speaker, reader, speech, wanted }: Collection): Promise<readonly CaptionedUtterance[]> {
  const since = Date.now()
  const deadline = since + (wanted + 4) * MOST_MS_FOR_ONE
  for (let finals = Math.min(LOOK_EVERY, wanted + 2); ; finals += LOOK_EVERY) {
    const shown = await reader.readsFinals(finals, deadline - Date.now())
    const heard = await speaker.page.evaluate(() => window.instruments.spoken)
    const until = Date.now() - PATIENCE_MS
    const spoken = (await spokenUtterances(speech, heard)).filter(
      ({ start, end }) => start > since + PATIENCE_MS && end < until,
    )
    console.error(`… ${Math.min(spoken.length, wanted)} of ${wanted} utterances`)
    if (spoken.length < wanted) continue
    return spoken.slice(0, wanted).map((utterance) => captioned(utterance, shown, PATIENCE_MS))
  }
}
