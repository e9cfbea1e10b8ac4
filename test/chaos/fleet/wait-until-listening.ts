import { setTimeout as wait } from 'node:timers/promises'
import type { Child } from '../../../dev/child.ts'

const DEADLINE_MS = 20_000
const POLL_MS = 50

/** Waits until anything answers HTTP there. Rejects when the process ends before, or at the deadline. */
export async function waitUntilListening(child: Child, origin: string): Promise<void> {
  let hasEnded = false
  child.exited.then(() => {
    hasEnded = true
  })
  const deadline = Date.now() + DEADLINE_MS
  while (!(await answers(origin))) {
    if (hasEnded || Date.now() > deadline)
      throw new Error(`${child.name} did not start: ${child.lastLines().join(' ')}`)
    await wait(POLL_MS)
  }
}

async function answers(origin: string): Promise<boolean> {
  try {
    await (await fetch(origin)).body?.cancel()
    return true
  } catch {
    return false
  }
}
