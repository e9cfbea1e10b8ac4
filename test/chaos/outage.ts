import type { Gap, WayReport } from './clients/participant/gap-watch.ts'

/** Shorter ones come from a busy machine, also without a fault. */
const INTERRUPTION_MS: Readonly<Record<WayReport['source'], number>> = { microphone: 250, camera: 800 }

/** What a fault did to one client. Times are milliseconds. */
export type Outage = {
  /** From the fault until everything came again for good; 0 where nothing was interrupted. */
  readonly backWithin: number
  /** The longest interruption on any way. */
  readonly longestMs: number
  /** The longest pause on each way from a microphone. */
  readonly silences: readonly number[]
}

type Observed = {
  readonly ways: readonly WayReport[]
  /** When the page was kept from listening: that much of a gap is not the service's. */
  readonly stalls: readonly Gap[]
  readonly since: number
  readonly now: number
}

/** Sums up what a client's ways say about the time from `since` until `now`; a gap that has not ended ends now. */
export function outageOf({ ways, stalls, since, now }: Observed): Outage {
  const each = ways.map(({ source, gaps, last }) => ({
    source,
    gaps: within([...gaps, { from: last ?? since, to: now }], since).map((gap) => ({
      ...gap,
      missed: lengthOf(gap) - stalledIn(gap, stalls),
    })),
  }))
  const interruptions = each.flatMap(({ source, gaps }) =>
    gaps.filter(({ missed }) => missed >= INTERRUPTION_MS[source]),
  )
  return {
    backWithin: Math.max(0, ...interruptions.map(({ to }) => to - since)),
    longestMs: Math.max(0, ...interruptions.map(({ missed }) => missed)),
    silences: each
      .filter(({ source }) => source === 'microphone')
      .map(({ gaps }) => Math.max(0, ...gaps.map(({ missed }) => missed))),
  }
}

/** The parts of the gaps that lie after that moment. */
function within(gaps: readonly Gap[], since: number): readonly Gap[] {
  return gaps.map(({ from, to }) => ({ from: Math.max(from, since), to })).filter((gap) => lengthOf(gap) > 0)
}

function stalledIn({ from, to }: Gap, stalls: readonly Gap[]): number {
  return stalls.reduce((sum, stall) => sum + Math.max(0, Math.min(to, stall.to) - Math.max(from, stall.from)), 0)
}

function lengthOf({ from, to }: Gap): number {
  return to - from
}
