import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { speakingMicrophone } from '../browser/microphone.ts'
import { Person } from '../browser/person.ts'
import { startTestProduct } from '../browser/test-product.ts'
import { engineAlone } from './engine-alone.ts'
import { machineLine } from './figures.ts'
import { wordErrors } from './loss/heard-sentences.ts'
import { LossyRelay } from './loss/lossy-relay.ts'
import { lossResult, lossTable } from './loss/report.ts'
import { type ConditionRun, runCondition } from './loss/run-condition.ts'
import { rememberConnections } from './loss/sender-statistics.ts'
import { CONDITIONS, type WireCondition } from './loss/wire-condition.ts'
import { SENTENCES, VOICES } from './sentences.ts'
import { textTable } from './table.ts'
import { writeResult } from './write-result.ts'

const HELP = `npm run bench:loss [-- --conditions 0,2,5,10,2b,5b,10b,j --rounds 1 --delay 20 --write]

Has a browser speak ${SENTENCES.length} sentences in each of ${VOICES.length} voices into the product over a wire that loses
packets (2, 5, 10: percent of the packets; 2b, 5b, 10b: percent of the time, in outages) or delays them unevenly (j),
and counts the words read wrong. Each condition takes two to three minutes for each round.
--delay is what every packet takes one way, in milliseconds. --write puts the result into docs/benchmarks/loss.md.`

const GAP_SECONDS = 1.2
/** Browsers send to the one, the media worker listens at the other; the relay is the wire between the two. */
const RELAY_IP = '127.0.0.1'
const WORKER_IP = '127.0.0.2'
const SETTLE_MS = 3_000

const { values: options } = parseArgs({
  options: {
    conditions: { type: 'string', default: '0,2,5,10,2b,5b,10b,j' },
    rounds: { type: 'string', default: '1' },
    delay: { type: 'string', default: '20' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) console.log(HELP)
else await bench()

async function bench(): Promise<void> {
  const machine = machineLine()
  console.log(machine)
  const conditions = options.conditions.split(',').map(conditionOf)
  const speech = await speakingMicrophone(
    SENTENCES.flatMap((text) => VOICES.map((voice) => ({ text, voice }))),
    GAP_SECONDS,
  )
  const alone = await engineAlone(speech)
  const direct = wordErrors(
    alone.map(({ utterance }) => utterance.sentence),
    alone.map(({ text }) => text),
  )

  const runs: ConditionRun[] = []
  for (const condition of conditions) {
    console.error(`… ${condition.name}`)
    runs.push(await overWire(condition, speech))
    console.error(textTable(lossTable(direct, runs.slice(-1))))
  }
  console.log(`\n${textTable(lossTable(direct, runs))}`)
  if (!options.write) return
  const command = `npm run bench:loss -- --conditions ${options.conditions} --rounds ${options.rounds} --delay ${options.delay}`
  await writeResult(lossResult({ direct, runs, machine, command, delayMs: Number(options.delay) }))
}

/** A call of its own, so that no condition has what the one before did to a connection. */
async function overWire(
  condition: WireCondition,
  speech: Awaited<ReturnType<typeof speakingMicrophone>>,
): Promise<ConditionRun> {
  await using owner = new AsyncDisposableStack()
  const product = await startTestProduct({ MEDIA_LISTEN_IP: WORKER_IP })
  owner.defer(() => product.stop())
  const relay = await LossyRelay.open({
    listenIp: RELAY_IP,
    targetIp: WORKER_IP,
    port: product.mediaPort,
    delayMs: Number(options.delay),
    condition: conditionOf('0'),
  })
  owner.defer(() => relay.close())
  const speaker = await Person.open({ name: 'Ana', microphone: speech.file })
  owner.defer(() => speaker.close())
  await rememberConnections(speaker.page)
  await speaker.join(product.url, 'loss')
  await speaker.turnCaptions('on')
  await wait(SETTLE_MS)
  relay.condition = condition
  return await runCondition({
    condition,
    speech,
    speaker,
    product,
    relay,
    rounds: Number(options.rounds),
  })
}

function conditionOf(name: string): WireCondition {
  const condition = CONDITIONS[name]
  if (condition === undefined) throw new Error(`there is no condition "${name}"`)
  return condition
}
