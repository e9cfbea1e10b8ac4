import { type Selection, type StepName, selectSteps } from './check-selection.ts'
import { runStep, type StepResult } from './check-step.ts'
import { CHECK_HELP, STEPS } from './check-steps.mjs'
import { stopSignal } from './stop-signal.ts'

const LONGEST_NAME = Math.max(...STEPS.map((step) => step.length))

const selection = readWords()
// Whatever runs at that moment dies with this process.
stopSignal().then(() => process.exit(130))

const results = new Map<StepName, StepResult>()
for (const step of selection.steps) {
  const started = Date.now()
  const result = await runStep(step, selection)
  if (result === undefined) continue
  results.set(step, result)
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  if (!result.ok) console.log(result.output.join('\n'))
  console.log(`${result.ok ? '✓' : '✗'} ${step.padEnd(LONGEST_NAME)} ${seconds.padStart(6)} s${tests(result)}`)
}
process.exit(summary())

function readWords(): Selection {
  try {
    return selectSteps(process.argv.slice(2))
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${CHECK_HELP}`)
    process.exit(2)
  }
}

function tests({ counts }: StepResult): string {
  return counts.passed + counts.failed === 0 ? '' : `   ${counts.passed} passed, ${counts.failed} failed`
}

/** @returns the exit code */
function summary(): number {
  const all = [...results.values()]
  const failed = [...results].filter(([, result]) => !result.ok).map(([step]) => step)
  if (all.length === 0) console.log('\nThese words name no step and match no test file.')
  if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}`)
  const passedTests = all.reduce((sum, { counts }) => sum + counts.passed, 0)
  const failedTests = all.reduce((sum, { counts }) => sum + counts.failed, 0)
  console.log(`\n${passedTests} passed, ${failedTests} failed`)
  return failed.length > 0 || all.length === 0 ? 1 : 0
}
