import { STEPS } from './check-steps.mjs'

export type StepName = (typeof STEPS)[number]

export type Selection = {
  readonly steps: readonly StepName[]
  /** Whether a test file is wanted. */
  readonly wants: (path: string) => boolean
  /** Whether words pick among the test files, so that a step may have none. */
  readonly isFiltered: boolean
}

/** Reads the words after `npm test --`. @throws Error on an option, of which there are none */
export function selectSteps(words: readonly string[]): Selection {
  const option = words.find((word) => word.startsWith('-'))
  if (option !== undefined) throw new Error(`Unknown option '${option}'`)
  const picked = STEPS.filter((step) => words.includes(step))
  const filters = words.filter((word) => !STEPS.some((step) => step === word))
  return {
    steps: picked.length > 0 ? picked : STEPS,
    wants: (path) => filters.length === 0 || filters.some((filter) => path.includes(filter)),
    isFiltered: filters.length > 0,
  }
}
