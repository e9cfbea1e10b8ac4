import type { Child } from './child.ts'
import { readLogLine } from './log-line.ts'

const INTERVAL_MS = 100
const ANSWER_DEADLINE_MS = 2_000

/**
 * Waits until a process answers `GET /ready` with 200.
 * Rejects when it dies before, or at the deadline with what it answered last.
 */
export async function waitUntilReady(child: Child, origin: string, deadlineMs: number): Promise<void> {
  const deadline = Date.now() + deadlineMs
  let exited = false
  child.exited.then(() => {
    exited = true
  })
  for (;;) {
    const answer = await askReady(origin)
    if (answer === 'ready') return
    if (exited) {
      const lastLines = child.lastLines().map((line) => readLogLine(line).text)
      throw new Error([`${child.name} ended while it started:`, ...lastLines].join('\n'))
    }
    if (Date.now() > deadline) {
      throw new Error(`${child.name} was not ready after ${deadlineMs / 1000} s; ${origin}/ready says: ${answer}`)
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS))
  }
}

async function askReady(origin: string): Promise<string> {
  try {
    const response = await fetch(`${origin}/ready`, { signal: AbortSignal.timeout(ANSWER_DEADLINE_MS) })
    const body = await response.text()
    return response.ok ? 'ready' : `${response.status} ${body}`
  } catch {
    return 'nothing'
  }
}
