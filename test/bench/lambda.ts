import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { BUNDLE_FILE } from '../../infra-cdk/bundle-lambda.ts'
import { bundleLambdas } from '../../infra-cdk/bundles.ts'
import { LAMBDA_SOURCE } from '../integration/control-plane/lambda-process.ts'
import { machineLine } from './figures.ts'
import { type ColdStart, measureColdStart } from './lambda/cold-start.ts'
import { lambdaResult, lambdaText } from './lambda/report.ts'
import { writeResult } from './write-result.ts'

const HELP = `npm run bench:lambda [-- --runs 30 --write]

Bundles the Lambdas as they are deployed and tells their sizes; then imports the control plane so many times in a new
process, by turns the bundle and its sources. --write puts the result into docs/benchmarks/lambda.md.`

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '30' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) console.log(HELP)
else await bench()

async function bench(): Promise<void> {
  const machine = machineLine()
  console.log(machine)
  const bundles = await bundleLambdas()
  await using owner = new AsyncDisposableStack()
  for (const folder of Object.values(bundles)) owner.defer(() => rm(folder, { recursive: true }))
  const named = [
    ['control plane', bundles.controlPlane],
    ['rotation of the signing keys', bundles.rotation],
    ['metrics of the fleet', bundles.fleetMetrics],
  ] as const
  const sizes = await Promise.all(
    named.map(async ([name, folder]) => {
      const code = await readFile(join(folder, BUNDLE_FILE))
      return { name, bytes: code.length, zippedBytes: gzipSync(code).length }
    }),
  )
  const [bundled, unbundled]: [ColdStart[], ColdStart[]] = [[], []]
  for (let run = 0; run <= Number(options.runs); run += 1) {
    const both = [
      await measureColdStart(join(bundles.controlPlane, BUNDLE_FILE)),
      await measureColdStart(LAMBDA_SOURCE),
    ]
    const [first, second] = both
    if (run === 0 || first === undefined || second === undefined) continue
    bundled.push(first)
    unbundled.push(second)
  }
  const result = { sizes, bundled, unbundled }
  console.log(`\n${lambdaText(result)}`)
  if (!options.write) return
  const command = `npm run bench:lambda -- --runs ${options.runs} --write`
  await writeResult(lambdaResult(result, { machine, command }))
}
