import { setTimeout as wait } from 'node:timers/promises'

const POLL_MS = 250

/** Asks again and again until there is an answer; rejects at the deadline with what the last failure said. */
export async function until<T>(what: string, deadlineMs: number, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + deadlineMs
  let failure: unknown
  for (;;) {
    const answer = await ask().catch((error: unknown) => {
      failure = error
      return undefined
    })
    if (answer !== undefined) return answer
    if (Date.now() > deadline) throw new Error(`never came: ${what}`, { cause: failure })
    await wait(POLL_MS)
  }
}
