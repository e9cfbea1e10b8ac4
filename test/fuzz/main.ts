import { stopSignal } from '../../dev/stop-signal.ts'
import { machineLine } from '../bench/figures.ts'
import { textTable } from '../bench/table.ts'
import type { Campaign, CampaignReport } from './campaign.ts'
import { campaigns } from './campaigns.ts'
import { type FuzzOptions, fuzzHelp, parseFuzzOptions } from './fuzz-options.ts'

const INTERRUPTED = 130

const options = readOptions()
if (options.help) {
  console.log(fuzzHelp(campaigns))
} else {
  // Whatever runs at that moment dies with this process.
  process.exit(await Promise.race([play(options), stopSignal().then(() => INTERRUPTED)]))
}

/** @returns the exit code */
async function play({ seed, minutes, most, chosen }: FuzzOptions): Promise<number> {
  console.log(`${machineLine()}\nseed ${seed}`)
  let problems = 0
  for (const campaign of chosen) {
    const started = Date.now()
    const progress = (line: string) => console.error(`… ${campaign.name}: ${line}`)
    const report = await campaign.run({ seed, forMs: minutes * 60_000, most, progress }).catch(failure)
    print(campaign, report, (Date.now() - started) / 1_000)
    problems += report.problems.length
  }
  console.log(`\nseed ${seed}, ${problems} problems`)
  return problems === 0 ? 0 : 1
}

function failure(error: unknown): CampaignReport {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { sent: {}, figures: {}, problems: [`it could not be played: ${text}`] }
}

function print({ name }: Campaign, { sent, figures, problems }: CampaignReport, seconds: number): void {
  const all = Object.values(sent).reduce((sum, count) => sum + count, 0)
  const rows = [
    ...Object.entries(sent).map(([kind, count]) => [`sent: ${kind}`, count.toLocaleString('en')]),
    ['sent in all', all.toLocaleString('en')],
    ...Object.entries(figures),
    ['seconds', seconds.toFixed(0)],
  ]
  console.log(`\n${name}\n${textTable({ head: ['what', 'figure'], rows })}`)
  for (const problem of problems) console.log(`PROBLEM ${problem}`)
}

function readOptions(): FuzzOptions {
  try {
    return parseFuzzOptions(process.argv.slice(2), campaigns)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${fuzzHelp(campaigns)}`)
    process.exit(2)
  }
}
