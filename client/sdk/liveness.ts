import type { Timer } from './timer.ts'

const PING_INTERVAL_MS = 1_000

export type Liveness = {
  /** Pings at once, as when the machine's network has changed. */
  readonly check: () => void
  readonly stop: () => void
}

/**
 * Pings until one ping fails, then calls `onLost` once. A ping brings its own deadline, so a node that died without
 * closing the connection is noticed within the interval and that deadline.
 */
export function watchLiveness(options: { ping: () => Promise<unknown>; onLost: () => void; timer: Timer }): Liveness {
  const { timer } = options
  let stopped = false
  let cancel = timer(PING_INTERVAL_MS, beat)

  function beat(): void {
    options.ping().then(
      () => {
        cancel()
        if (!stopped) cancel = timer(PING_INTERVAL_MS, beat)
      },
      () => {
        if (stopped) return
        stop()
        options.onLost()
      },
    )
  }

  function stop(): void {
    stopped = true
    cancel()
  }

  return {
    check: () => {
      if (!stopped) beat()
    },
    stop,
  }
}
