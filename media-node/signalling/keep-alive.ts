import type { Clock } from '../../shared/clock.ts'

export const PING_INTERVAL_MS = 5_000

/** So many pings may stay unanswered; at the next one the other side counts as gone. */
export const UNANSWERED_PINGS = 2

/** Pings until stopped; calls `lost` once when nobody answers. */
export function keepAlive(options: { clock: Clock; ping: () => void; lost: () => void }): {
  readonly answered: () => void
  readonly stop: () => void
} {
  let unanswered = 0
  let cancel = options.clock.after(PING_INTERVAL_MS, beat)
  function beat(): void {
    if (unanswered >= UNANSWERED_PINGS) {
      options.lost()
    } else {
      unanswered += 1
      cancel = options.clock.after(PING_INTERVAL_MS, beat)
      options.ping()
    }
  }
  return {
    answered: () => {
      unanswered = 0
    },
    stop: () => cancel(),
  }
}
