import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './bootstrap/paths.mjs'
import type { Selection, StepName } from './check-selection.ts'
import { type Command, startChild } from './child.ts'
import { readTestCounts, type TestCounts } from './test-counts.ts'

const STEP_DEADLINE_MS = 15 * 60_000
const STOP_DEADLINE_MS = 5_000
const COLORS = `--colors=${process.stdout.isTTY ? 'force' : 'off'}`
const BIN = join(ROOT, 'node_modules/.bin')

type TestStep = Exclude<StepName, 'format' | 'types'>

type Limits = {
  /** How many test files run at once. Browsers share the machine's processors badly, and more media than this was not tried. */
  readonly concurrency: number
  readonly testDeadlineMs: number
}

const LIMITS: Readonly<Record<TestStep, Limits>> = {
  architecture: { concurrency: 1, testDeadlineMs: 60_000 },
  unit: { concurrency: availableParallelism(), testDeadlineMs: 60_000 },
  integration: { concurrency: Math.min(2, availableParallelism()), testDeadlineMs: 180_000 },
  browser: { concurrency: 1, testDeadlineMs: 300_000 },
}

export type StepResult = {
  readonly ok: boolean
  readonly counts: TestCounts
  /** What it said, unless that was shown already. */
  readonly output: readonly string[]
}

const NO_TESTS: TestCounts = { passed: 0, failed: 0 }

/** Runs one step; undefined when the words that pick test files leave it nothing to do. */
export async function runStep(step: StepName, selection: Selection): Promise<StepResult | undefined> {
  if (step === 'format') return run(step, [join(BIN, 'biome'), 'ci', COLORS, ROOT])
  if (step === 'types') return run(step, [join(BIN, 'tsc'), '-p', ROOT])
  const files = globSync(`test/${step}/**/*.test.ts`, { cwd: ROOT }).filter(selection.wants).sort()
  if (files.length > 0) return run(step, testCommand(step, files))
  if (selection.isFiltered) return undefined
  return { ok: false, counts: NO_TESTS, output: [`There is no test/${step}/**/*.test.ts: nothing was checked.`] }
}

function testCommand(step: TestStep, files: readonly string[]): Command {
  const { concurrency, testDeadlineMs } = LIMITS[step]
  const options = [`--test-concurrency=${concurrency}`, `--test-timeout=${testDeadlineMs}`]
  return [process.execPath, '--test', '--test-reporter=spec', ...options, ...files.map((file) => join(ROOT, file))]
}

async function run(step: StepName, command: Command): Promise<StepResult> {
  const isLong = step === 'integration' || step === 'browser'
  const output: string[] = []
  const onLine = (line: string) => {
    output.push(line)
    if (isLong) console.log(`  ${line}`)
  }
  const child = await startChild({ name: step, command, onLine })
  const late = Promise.withResolvers<undefined>()
  const deadline = setTimeout(() => {
    onLine(`This took longer than ${STEP_DEADLINE_MS / 60_000} minutes and is ended.`)
    void child.stop(STOP_DEADLINE_MS)
    setTimeout(() => late.resolve(undefined), 2 * STOP_DEADLINE_MS)
  }, STEP_DEADLINE_MS)
  const exit = await Promise.race([child.exited, late.promise])
  clearTimeout(deadline)
  child.kill()
  const counts = step === 'format' || step === 'types' ? NO_TESTS : (readTestCounts(output) ?? { passed: 0, failed: 1 })
  return { ok: exit?.code === 0, counts, output: isLong ? [] : output }
}
