import { spawnSync } from 'node:child_process'
import type { TestContext } from 'node:test'
import { findPromtool } from '../../../dev/bootstrap/promtool.mjs'

const DEADLINE_MS = 60_000

/** What promtool found wrong, empty when nothing; undefined, and the test is skipped, where it cannot be had. */
export function promtool(t: TestContext, args: readonly string[], input = ''): string | undefined {
  const program = findPromtool()
  if (program === undefined) {
    t.skip("there is no promtool here; Debian's package prometheus has it")
    return undefined
  }
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8', timeout: DEADLINE_MS })
  return status === 0 && stderr === '' ? '' : `${stdout}${stderr}` || `it ended with ${status}`
}
