import { parseArgs } from 'node:util'
import { findCommand } from '../../dev/bootstrap/find-command.mjs'
import { machineLine } from './figures.ts'
import { textTable } from './table.ts'
import { type Measurement, type MeasureOptions, measure } from './tap/measure.ts'
import { survived, tapResult, tapTable } from './tap/report.ts'
import { speechTracks } from './tap/speech-track.ts'
import type { WayName } from './tap/way.ts'
import { writeResult } from './write-result.ts'

const HELP = `npm run bench:tap [-- --streams 100,200,400,800 --seconds 10 --lanes 2 --ways lanes,main,ffmpeg --write]

Has so many people speak at once into a media worker, from a process of its own, and follows their sound to where an
engine would take it: by the product's lanes, and by the two usual ways, which are given fewer streams until they keep up.
--write puts the result into docs/benchmarks/tap.md.`

const WAYS: Readonly<Record<string, WayName>> = { lanes: 'lanes', main: 'main thread', ffmpeg: 'ffmpeg' }
/** Below this the usual ways are not given fewer. */
const FEWEST = 10
/** Some 25 MB each: more at once would say more about the machine's memory than about the way. */
const MOST_PROCESSES = 200

const { values: options } = parseArgs({
  options: {
    streams: { type: 'string', default: '100,200,400,800' },
    seconds: { type: 'string', default: '10' },
    lanes: { type: 'string', default: '2' },
    ways: { type: 'string', default: 'lanes,main,ffmpeg' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) console.log(HELP)
else await bench()

async function bench(): Promise<void> {
  const machine = machineLine()
  console.log(machine)
  const counts = options.streams.split(',').map(Number)
  const names = options.ways
    .split(',')
    .flatMap((name) => WAYS[name] ?? [])
    .filter(isHere)
  const tracks = await speechTracks()
  const shared = { seconds: Number(options.seconds), lanes: Number(options.lanes), tracks }
  const results: Measurement[] = []
  for (const name of names) results.push(...(await measureWay({ ...shared, name }, counts)))
  console.log(`\n${textTable(tapTable(results))}`)
  if (options.write) {
    const command = `npm run bench:tap -- --streams ${options.streams} --seconds ${options.seconds}`
    await writeResult(tapResult({ results, machine, command }))
  }
}

function isHere(name: WayName): boolean {
  const isThere = name !== 'ffmpeg' || findCommand('ffmpeg') !== undefined
  if (!isThere) console.error('ffmpeg is not on this machine, so it is left out')
  return isThere
}

/** Ours at every number; the usual ones until they no longer keep up, and then at fewer until they do. */
async function measureWay(options: Omit<MeasureOptions, 'streams'>, counts: readonly number[]): Promise<Measurement[]> {
  const results: Measurement[] = []
  for (const count of counts) {
    const streams = options.name === 'ffmpeg' ? Math.min(count, MOST_PROCESSES) : count
    results.push(await announced({ ...options, streams }))
    if (options.name !== 'lanes' && !survived(results.at(-1))) break
  }
  while (options.name !== 'lanes' && !results.some(survived)) {
    const streams = Math.floor((results[0]?.streams ?? 0) / 2)
    if (streams < FEWEST) break
    results.unshift(await announced({ ...options, streams }))
  }
  return results
}

async function announced(options: MeasureOptions): Promise<Measurement> {
  console.error(`… ${options.name}, ${options.streams} streams`)
  return await measure(options)
}
