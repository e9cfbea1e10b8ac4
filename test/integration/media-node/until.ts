import { setImmediate } from 'node:timers/promises'

/** How long anything in these tests may take before it counts as never. */
export const PATIENCE_MS = 5_000

/** Looks again and again until `check` does not throw; gives up with what it threw last. */
export async function until(check: () => void | Promise<void>): Promise<void> {
  const giveUpAt = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      await check()
      return
    } catch (error) {
      if (Date.now() > giveUpAt) throw error
    }
    await setImmediate()
  }
}

/** Settles as `work` does, or says what was waited for in vain. */
export async function within<T>(what: string, work: Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), patienceMs)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
