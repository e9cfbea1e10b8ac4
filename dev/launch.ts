import { join } from 'node:path'
import { tryLock } from './bootstrap/file-lock.mjs'
import { buildPage } from './build-page.ts'
import { takenPort } from './check-ports.ts'
import { LAUNCH_HELP, parseLaunchOptions } from './launch-options.mjs'
import { type LaunchSettings, launchSettings } from './launch-settings.ts'
import { readLogLine } from './log-line.ts'
import { type Death, type Product, startProduct } from './start-product.ts'
import { stopSignal } from './stop-signal.ts'

const WARNING = 40

const options = parseLaunchOptions(process.argv.slice(2))
if (typeof options === 'string') {
  console.error(`${options}\n\n${LAUNCH_HELP}`)
  process.exit(2)
}
if (options.help) {
  console.log(LAUNCH_HELP)
  process.exit(0)
}

// Whoever read our output may be gone before us, and that must not keep us from ending the others.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const stopAsked = stopSignal()
// Until everything runs there is nobody to be asked to end; what was started dies with this process.
stopAsked.then(() => {
  if (product === undefined) process.exit(0)
})

let product: Product | undefined
try {
  product = await start(launchSettings(options, process.env), options.verbose)
  console.log(`\nJBCalling is ready: ${product.url}\n`)
  const death = await Promise.race([stopAsked, product.death])
  if (death !== undefined) reportDeath(death)
  await product.stop()
  process.exit(death === undefined ? 0 : 1)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}

async function start(settings: LaunchSettings, verbose: boolean): Promise<Product> {
  if ((await tryLock(join(settings.dataFolder, 'launch.lock'))) === undefined) {
    throw new Error(
      `Another JBCalling uses ${settings.dataFolder}.\n` +
        'End it (Ctrl-C where it was started), or name another folder in DATA_DIR.',
    )
  }
  const taken = await takenPort(settings)
  if (taken !== undefined) throw new Error(taken)
  await buildPage()
  return startProduct({
    ...settings,
    onLine: (process, line) => {
      const { level, text } = readLogLine(line)
      if (verbose || level >= WARNING) console.log(`${process.padEnd('control-plane'.length)} | ${text}`)
    },
  })
}

function reportDeath({ child, exit }: Death): void {
  const how = exit.signal === null ? `with code ${exit.code}` : `by ${exit.signal}`
  const lastLines = child.lastLines().map((line) => readLogLine(line).text)
  console.error([`\n${child.name} ended unexpectedly ${how}.`, ...lastLines, ''].join('\n'))
}
