import { stripVTControlCharacters } from 'node:util'

export type TestCounts = { readonly passed: number; readonly failed: number }

const SUMMARY = /^ℹ (pass|fail|cancelled) (\d+)$/

/** Reads the summary at the end of what node's "spec" reporter says; undefined when the runner did not get that far. */
export function readTestCounts(output: readonly string[]): TestCounts | undefined {
  const counts = new Map<string, number>()
  for (const line of output) {
    const [, kind, number] = SUMMARY.exec(stripVTControlCharacters(line)) ?? []
    if (kind !== undefined) counts.set(kind, Number(number))
  }
  const passed = counts.get('pass')
  const failed = counts.get('fail')
  if (passed === undefined || failed === undefined) return undefined
  return { passed, failed: failed + (counts.get('cancelled') ?? 0) }
}
