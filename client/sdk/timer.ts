/** Runs `task` once after `delayMs`; the returned function cancels it. */
export type Timer = (delayMs: number, task: () => void) => () => void

/** A page in the background gets its timers once a second. */
const SLICE_MS = 1_000
/** A timer that comes later than this was held back by more than a busy page: the machine slept, or the page was frozen. */
const PAUSED_MS = 3_000

const browserTimer: Timer = (delayMs, task) => {
  const id = setTimeout(task, delayMs)
  return () => clearTimeout(id)
}

/**
 * A timer whose delays count only the time in which the page ran. It waits in slices: one that comes late counts no more than
 * its length, and after a pause one more passes before the task runs, so that what arrived meanwhile is seen first.
 */
export function runningTimer(timer: Timer, now: () => number): Timer {
  return (delayMs, task) => {
    let leftMs = delayMs
    let wasPaused = false
    let cancel = wait()

    function wait(): () => void {
      const sliceMs = Math.min(leftMs, SLICE_MS)
      const dueAt = now() + sliceMs
      return timer(sliceMs, () => {
        const isPaused = now() - dueAt > PAUSED_MS
        // Timers that are always late still come to their end: of two late slices in a row, one counts.
        if (wasPaused || !isPaused) leftMs -= sliceMs
        wasPaused = isPaused && !wasPaused
        if (leftMs > 0) cancel = wait()
        else task()
      })
    }

    return () => cancel()
  }
}

/** Calls `listener` whenever the page runs again after a pause, until the returned function is called. */
export function watchPauses(timer: Timer, now: () => number, listener: () => void): () => void {
  let dueAt = 0
  let cancel = wait()

  function wait(): () => void {
    dueAt = now() + SLICE_MS
    return timer(SLICE_MS, () => {
      const isPaused = now() - dueAt > PAUSED_MS
      cancel = wait()
      if (isPaused) listener()
    })
  }

  return () => cancel()
}

export const systemTimer: Timer = runningTimer(browserTimer, Date.now)

export const watchSystemPauses = (listener: () => void): (() => void) => watchPauses(browserTimer, Date.now, listener)
