/** Runs `task` once after `delayMs`; the returned function cancels it. */
export type Timer = (delayMs: number, task: () => void) => () => void

export const systemTimer: Timer = (delayMs, task) => {
  const id = setTimeout(task, delayMs)
  return () => clearTimeout(id)
}
