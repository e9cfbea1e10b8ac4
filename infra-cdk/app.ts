import { existsSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundleLambdas } from './bundles.ts'
import { createApp } from './create-app.ts'
import { mediaNodeImage } from './media-image.ts'
import { readStageSettings } from './stage-settings.ts'

const { values } = parseArgs({
  options: { stage: { type: 'string' }, page: { type: 'string' }, out: { type: 'string' } },
})
const { stage = 'example', page = '', out = '' } = values
const file = join(import.meta.dirname, 'stages', `${stage}.json`)

try {
  if (!existsSync(file))
    throw new Error(`There is no infra-cdk/stages/${stage}.json; copy example.json and fill it in.`)
  const settings = readStageSettings(JSON.parse(readFileSync(file, 'utf8')), stage)
  await rm(out, { recursive: true, force: true })
  const bundles = await bundleLambdas()
  const app = createApp({ settings, bundles, image: mediaNodeImage, pageFolder: page, outdir: out })
  const { stacks } = app.synth()
  await Promise.all(Object.values(bundles).map((folder) => rm(folder, { recursive: true })))
  process.stdout.write(`${stacks.map(({ stackName }) => stackName).join('\n')}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
