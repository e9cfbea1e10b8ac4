const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** One Ctrl-C can arrive more than once: from the terminal, and passed on by npm. */
const SAME_MS = 500

/**
 * Resolves at the first signal that asks this process to end. A second one, unless it is an echo of the first, ends the
 * process at once, and its children with it.
 */
export function stopSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let first: number | undefined
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (first !== undefined && Date.now() - first > SAME_MS) process.exit(1)
      first ??= Date.now()
      resolve()
    })
  }
  return promise
}
