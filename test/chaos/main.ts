import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../../dev/bootstrap/paths.mjs'
import { stopSignal } from '../../dev/stop-signal.ts'
import { machineLine } from '../bench/figures.ts'
import { SENTENCES } from '../bench/sentences.ts'
import { textTable } from '../bench/table.ts'
import { speakingMicrophone } from '../browser/microphone.ts'
import { type ChaosOptions, chaosHelp, parseChaosOptions } from './chaos-options.ts'
import { buildChaosPage } from './clients/build-chaos-page.ts'
import type { FaultResult } from './fault-result.ts'
import { allFaults } from './faults/all-faults.ts'
import { faultsTable } from './faults-table.ts'
import { loopbackNetwork } from './network/loopback.ts'
import { namespaceNetwork } from './network/namespaces.ts'
import { enterOwnNetwork, hasOwnNetwork } from './network/own-network.ts'
import { playFaults } from './play-faults.ts'

const LOG = join(ROOT, '.data/chaos.log')
const SENTENCE_GAP_SECONDS = 1.2
const INTERRUPTED = 130
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
  const code = await Promise.race([play(options, owner), stopAsked.then(() => INTERRUPTED)])
  await owner.disposeAsync()
  process.exit(code)
}

/** @returns the exit code */
async function play(
  { seed, clients, rounds, faults: names }: ChaosOptions,
  owner: AsyncDisposableStack,
): Promise<number> {
  console.log(
    `${machineLine()}\nseed ${seed}${hasOwnNetwork() ? '' : '; no network of its own: no cable can be pulled'}`,
  )
  const folder = await mkdtemp(join(tmpdir(), 'jbcalling-chaos-'))
  owner.defer(() => rm(folder, { recursive: true, force: true }))
  const speech = await speakingMicrophone(
    SENTENCES.map((text) => ({ text, voice: 'rms' })),
    SENTENCE_GAP_SECONDS,
  )
  await buildChaosPage(speech.file)
  const faults = names.flatMap((name) => allFaults.filter((fault) => fault.name === name))
  const results: FaultResult[] = []
  try {
    await playFaults({
      ...{ seed, clients, rounds, faults, folder, owner },
      network: hasOwnNetwork() ? await namespaceNetwork(owner) : loopbackNetwork,
      onLine: writeLog(),
      onResult: (result, round) => {
        results.push(result)
        report(result, round)
      },
    })
  } catch (error) {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error)
  }
  const isComplete = results.length === faults.length * rounds
  console.log(`\n${textTable(faultsTable(results))}\n\nseed ${seed}${isComplete ? '' : '; not all was played'}`)
  return isComplete && results.every(({ lost, problems }) => lost === 0 && problems.length === 0) ? 0 : 1
}

function report({ fault, lost, problems }: FaultResult, round: number): void {
  const outcome = lost === 0 && problems.length === 0 ? 'ok' : `${lost} lost, ${problems.length} problems`
  console.error([`… ${fault} (${round}): ${outcome}`, ...problems].join('\n    '))
}

/** What the processes say goes to a file, for whoever asks why something went wrong. */
function writeLog(): (process: string, line: string) => void {
  mkdirSync(join(LOG, '..'), { recursive: true })
  writeFileSync(LOG, '')
  return (process, line) => appendFileSync(LOG, `${process} | ${line}\n`)
}

function readOptions(): ChaosOptions {
  try {
    return parseChaosOptions(
      process.argv.slice(2),
      allFaults.map(({ name }) => name),
      Math.random(),
    )
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${chaosHelp(allFaults)}`)
    process.exit(2)
  }
}
