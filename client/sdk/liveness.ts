import { systemTimer, type Timer } from './timer.ts'

const PING_INTERVAL_MS = 3_000

/**
 * Pings until one ping fails, then calls `onLost` once. A ping brings its own deadline, so a node that died without
 * closing the connection is noticed within the interval and that deadline.
 *
 * @returns what stops it
 */
export function watchLiveness(options: {
  ping: () => Promise<unknown>
  onLost: () => void
  timer?: Timer
}): () => void {
  const timer = options.timer ?? systemTimer
  let stopped = false
  let cancel = timer(PING_INTERVAL_MS, beat)

  function beat(): void {
    options.ping().then(
      () => {
        if (!stopped) cancel = timer(PING_INTERVAL_MS, beat)
      },
      () => {
        if (stopped) return
        stopped = true
        options.onLost()
      },
    )
  }

  return () => {
    stopped = true
    cancel()
  }
}
