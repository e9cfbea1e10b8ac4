import type { Logger } from './logging.ts'

/** Logs that something came to be, with its ids; the returned function logs that it is gone and why, once. */
export function logLife(
  logger: Logger,
  level: 'info' | 'debug',
  what: string,
  ids: Readonly<Record<string, string | number>> = {},
): (reason: string) => void {
  logger[level](ids, `${what} opened`)
  let isOver = false
  return (reason) => {
    if (isOver) return
    isOver = true
    logger[level]({ ...ids, reason }, `${what} closed`)
  }
}
