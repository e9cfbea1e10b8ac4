/** What a media worker that we built says on stderr (dev/mediasoup-worker/overlay/include/PacketGuard.hpp). */
export type WorkerReport = {
  /**
   * `dropped`: what was sent made the worker throw, and was given up. `crashed`: the worker ends while it handles it.
   */
  readonly kind: 'dropped' | 'crashed'
  /** The transport that it came by, or what else it was for; undefined when nobody's was being handled. */
  readonly senderId: string | undefined
  /** Packets, requests and timers since the last such report, whoever sent them; 1 for a crash. */
  readonly count: number
  /** The worker's words, or the number of the signal. */
  readonly why: string
}

const DROPPED = /^jbcalling dropped sender=([\w-]*) count=(\d{1,15}) reason=(.*)$/
const CRASHED = /^jbcalling crashed sender=([\w-]*) signal=(\d{1,3})$/

/** Answers undefined for a line that is none. */
export function parseWorkerReport(line: string): WorkerReport | undefined {
  const [, dropped = '', count, reason = ''] = DROPPED.exec(line) ?? []
  if (count !== undefined) return { kind: 'dropped', senderId: dropped || undefined, count: Number(count), why: reason }
  const [, crashed = '', signal] = CRASHED.exec(line) ?? []
  if (signal !== undefined)
    return { kind: 'crashed', senderId: crashed || undefined, count: 1, why: `signal ${Number(signal)}` }
  return undefined
}
