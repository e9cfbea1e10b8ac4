import { setTimeout } from 'node:timers/promises'

/** Recognition on a machine that is busy with other tests takes its time. */
const PATIENCE_MS = 30_000
const LOOK_EVERY_MS = 10

/** Looks until `check` does not throw, leaving the processor to the lanes in between; gives up with what it threw last. */
export async function eventually(check: () => void): Promise<void> {
  for (const giveUpAt = Date.now() + PATIENCE_MS; ; await setTimeout(LOOK_EVERY_MS)) {
    try {
      check()
      return
    } catch (error) {
      if (Date.now() > giveUpAt) throw error
    }
  }
}
