import type { Gap, WayReport } from './clients/participant/gap-watch.ts'
import type { Fault } from './fault.ts'
import { type Calm, calmProblems, lackOfRoom } from './head-room/head-room.ts'
import { outageOf } from './outage.ts'

/** What one fault did. Times are milliseconds. */
export type FaultResult = {
  readonly fault: string
  /** For how many milliseconds in a row somebody might miss media. */
  readonly allowedMs: number
  /** Clients that had to do with it. */
  readonly exposed: number
  /** Of those, for each that missed something: how long after the fault everything came again. */
  readonly backWithin: readonly number[]
  /** On each way from a microphone to a client that had to do with it, the longest pause. */
  readonly silences: readonly number[]
  /** Clients that never came back by themselves. */
  readonly lost: number
  readonly problems: readonly string[]
  readonly calm: Calm
  /** Why nothing can be concluded from it: the machine had no room for the stage. */
  readonly invalid?: string
}

/** Neither green nor red when it is invalid. */
export function verdictOf({ invalid, lost, problems }: FaultResult): 'ok' | 'wrong' | 'invalid' {
  if (invalid !== undefined) return 'invalid'
  return lost === 0 && problems.length === 0 ? 'ok' : 'wrong'
}

/** The machine is busy with the others' coming back; where nothing may be noticed, only what a person would notice counts. */
const NOTICED_MS = 1_000

export type Witness = {
  readonly name: string
  readonly isExposed: boolean
  readonly ways: readonly WayReport[]
  readonly stalls: readonly Gap[]
}

type Played = {
  readonly fault: Pick<Fault, 'name' | 'interrupts'>
  readonly witnesses: readonly Witness[]
  readonly struckAt: number
  readonly now: number
  readonly lost: readonly string[]
  readonly problems: readonly string[]
  readonly calm: Calm
  /** The share of the processors that other programs took since the calm. */
  readonly foreign: number
}

/** Sums up what the clients have witnessed. Those who are lost say nothing about how long it took. */
export function faultResult(played: Played): FaultResult {
  const { fault, witnesses, struckAt, now, lost, problems, calm } = played
  const invalid = lackOfRoom(played)
  const told = witnesses.map((witness) => ({ ...witness, outage: outageOf({ ...witness, since: struckAt, now }) }))
  const present = told.filter(({ name }) => !lost.includes(name))
  const exposed = present.filter(({ isExposed }) => isExposed)
  const disturbed = present
    .filter(({ isExposed, outage }) => (!isExposed || fault.interrupts === false) && outage.longestMs >= NOTICED_MS)
    .map(({ name, outage }) => `${name} should have noticed nothing and missed ${outage.longestMs} ms`)
  const { interrupts } = fault
  const overdue = exposed
    .filter(({ outage }) => interrupts !== false && outage.longestMs > interrupts)
    .map(({ name, outage }) => `${name} missed ${outage.longestMs} ms, and ${interrupts} at most are allowed`)
  return {
    fault: fault.name,
    allowedMs: fault.interrupts === false ? NOTICED_MS : fault.interrupts,
    exposed: told.filter(({ isExposed }) => isExposed).length,
    backWithin: exposed.flatMap(({ outage }) => (outage.backWithin ? [outage.backWithin] : [])),
    silences: exposed.flatMap(({ outage }) => outage.silences),
    lost: lost.length,
    problems: [...problems, ...disturbed, ...overdue, ...calmProblems(calm)],
    calm,
    ...(invalid !== undefined && { invalid }),
  }
}
