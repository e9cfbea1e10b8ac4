import type { BalanceSample } from './balance.ts'
import type { PolicyName } from './policies.ts'

/** Why a room was given another media node. */
export const moveCauses = ['died', 'drained', 'dead on arrival'] as const
export type MoveCause = (typeof moveCauses)[number]

/** What is counted in the day. */
export type Counts = {
  placed: number
  outsideRegion: number
  /** New rooms for which no media node was found. */
  refused: number
  /** Rooms that were to move and had to ask again. */
  refusedMoves: number
  /** Rooms given to a media node that really was at the limit already, with what was on its way there. */
  overLimit: number
  moved: Record<MoveCause, number>
  /** Rooms that were on a media node when it died. */
  bereft: number
  /** Added up over all people: ticks in calls, and of these on a media node above the limit and above full. */
  peopleTicks: number
  overLimitTicks: number
  overloadedTicks: number
  nodeTicks: number
  nodeDeaths: number
  booted: number
  drained: number
}

export type Outcome = {
  readonly policy: PolicyName
  readonly counts: Counts
  readonly samples: readonly BalanceSample[]
  /** Load that one participant is to the weakest media node. */
  readonly loadOfOne: number
  readonly events: number
  readonly tookMs: number
}

export const noCounts = (): Counts => ({
  placed: 0,
  outsideRegion: 0,
  refused: 0,
  refusedMoves: 0,
  overLimit: 0,
  bereft: 0,
  moved: { died: 0, drained: 0, 'dead on arrival': 0 },
  peopleTicks: 0,
  overLimitTicks: 0,
  overloadedTicks: 0,
  nodeTicks: 0,
  nodeDeaths: 0,
  booted: 0,
  drained: 0,
})
