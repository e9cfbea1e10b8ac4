import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ROOT } from '../../dev/bootstrap/paths.mjs'
import { stopSignal } from '../../dev/stop-signal.ts'
import { machineLine } from '../bench/figures.ts'
import { SENTENCES } from '../bench/sentences.ts'
import { textTable } from '../bench/table.ts'
import { writeResult } from '../bench/write-result.ts'
import { speakingMicrophone } from '../browser/microphone.ts'
import { type ChaosOptions, chaosHelp, parseChaosOptions } from './chaos-options.ts'
import { chaosResult } from './chaos-result.ts'
import { buildChaosPage } from './clients/build-chaos-page.ts'
import { type FaultResult, verdictOf } from './fault-result.ts'
import { allFaults } from './faults/all-faults.ts'
import { faultsTable } from './faults-table.ts'
import { loopbackNetwork } from './network/loopback.ts'
import { namespaceNetwork } from './network/namespaces.ts'
import { enterOwnNetwork, hasOwnNetwork } from './network/own-network.ts'
import { type PlayOptions, playFaults } from './play-faults.ts'

const LOG = join(ROOT, '.data/chaos.log')
const SENTENCE_GAP_SECONDS = 1.2
const INTERRUPTED = 130
const INVALID = 3
/** Each process that is started listens for this one's end. */
const MOST_PROCESSES = 60

const options = readOptions()
if (options.help) {
  console.log(chaosHelp(allFaults))
} else {
  enterOwnNetwork()
  process.setMaxListeners(MOST_PROCESSES)
  const stopAsked = stopSignal()
  const owner = new AsyncDisposableStack()
  const code = await Promise.race([test(options, owner), stopAsked.then(() => INTERRUPTED)])
  await owner.disposeAsync()
  process.exit(code)
}

/** @returns the exit code */
async function test(options: ChaosOptions, owner: AsyncDisposableStack): Promise<number> {
  console.log(`${machineLine()}\nseed ${options.seed}`)
  const chosen = options.faults.flatMap((name) => allFaults.filter((fault) => fault.name === name))
  const faults = chosen.filter(({ pullsCable }) => hasOwnNetwork() || pullsCable !== true)
  if (!hasOwnNetwork()) console.log('No network namespaces here: faults that pull a cable are left out.')
  const results: FaultResult[] = []
  const onResult: PlayOptions['onResult'] = (result, { round, isLast }) => {
    if (isLast) results.push(result)
    report(result, round)
  }
  try {
    await prepareSpeech()
    const folder = await mkdtemp(join(tmpdir(), 'jbcalling-chaos-'))
    owner.defer(() => rm(folder, { recursive: true, force: true }))
    const network = hasOwnNetwork() ? await namespaceNetwork(owner) : loopbackNetwork
    await playFaults({ ...options, faults, folder, owner, network, onLine: startLog(), onResult })
  } catch (error) {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error)
  }
  const verdicts = results.map(verdictOf)
  const isComplete = results.length === faults.length * options.rounds
  console.log(`\n${textTable(faultsTable(results))}\n\nseed ${options.seed}${isComplete ? '' : '; not all was played'}`)
  if (options.write && isComplete && !verdicts.includes('invalid')) {
    await writeResult(chaosResult(results, options, machineLine()))
  }
  if (!isComplete || verdicts.includes('wrong')) return 1
  if (verdicts.includes('invalid')) {
    console.log('The machine had no room for the stage: this run is invalid, neither green nor red.')
    return INVALID
  }
  return 0
}

async function prepareSpeech(): Promise<void> {
  const sentences = SENTENCES.map((text) => ({ text, voice: 'rms' as const }))
  const { file } = await speakingMicrophone(sentences, SENTENCE_GAP_SECONDS)
  await buildChaosPage(file)
}

function report(result: FaultResult, round: number): void {
  const { fault, lost, problems, invalid } = result
  const verdict = verdictOf(result)
  const outcome = { ok: 'ok', wrong: `${lost} lost, ${problems.length} problems`, invalid: `invalid, ${invalid}` }[
    verdict
  ]
  console.error([`… ${fault} (${round}): ${outcome}`, ...problems].join('\n    '))
}

/** What the processes and the clients say goes to a file, for whoever asks why something went wrong. */
function startLog(): (process: string, line: string) => void {
  mkdirSync(dirname(LOG), { recursive: true })
  writeFileSync(LOG, '')
  return (process, line) => appendFileSync(LOG, `${process} | ${line}\n`)
}

function readOptions(): ChaosOptions {
  const known = allFaults.map(({ name }) => name)
  try {
    return parseChaosOptions(process.argv.slice(2), known, Math.random())
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${chaosHelp(allFaults)}`)
    process.exit(2)
  }
}
