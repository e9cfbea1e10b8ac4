import { setTimeout as wait } from 'node:timers/promises'
import type { Child } from '../../../dev/child.ts'

const DEADLINE_MS = 20_000
const POLL_MS = 50

/** Waits until `ask` is answered, whatever it is. Rejects when the process ends before, or at the deadline. */
export async function waitUntilListening(child: Child, ask: () => Promise<unknown>): Promise<void> {
  let hasEnded = false
  child.exited.then(() => {
    hasEnded = true
  })
  const deadline = Date.now() + DEADLINE_MS
  while (!(await isAnswered(ask))) {
    if (hasEnded || Date.now() > deadline)
      throw new Error(`${child.name} did not start: ${child.lastLines().join(' ')}`)
    await wait(POLL_MS)
  }
}

async function isAnswered(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask()
    return true
  } catch {
    return false
  }
}
