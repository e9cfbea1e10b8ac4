import type { Gap, WayReport } from './clients/page/gap-watch.ts'

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

/** Sums up what a client's ways say about the time from `since` until `now`; a gap that has not ended ends now. */
export function outageOf(ways: readonly WayReport[], since: number, now: number): Outage {
  const each = ways.map(({ source, gaps, last }) => ({
    source,
    gaps: within([...gaps, { from: last ?? since, to: now }], since),
  }))
  const interruptions = each.flatMap(({ source, gaps }) =>
    gaps.filter((gap) => lengthOf(gap) >= INTERRUPTION_MS[source]),
  )
  return {
    backWithin: Math.max(0, ...interruptions.map(({ to }) => to - since)),
    longestMs: Math.max(0, ...interruptions.map(lengthOf)),
    silences: each
      .filter(({ source }) => source === 'microphone')
      .map(({ gaps }) => Math.max(0, ...gaps.map(lengthOf))),
  }
}

/** The parts of the gaps that lie after that moment. */
function within(gaps: readonly Gap[], since: number): readonly Gap[] {
  return gaps.map(({ from, to }) => ({ from: Math.max(from, since), to })).filter((gap) => lengthOf(gap) > 0)
}

function lengthOf({ from, to }: Gap): number {
  return to - from
}
