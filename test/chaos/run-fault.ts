import { setTimeout as wait } from 'node:timers/promises'
import type { SeededRandom } from '../seeded-random.ts'
import { expectedWays } from './checks/client-problems.ts'
import { decodedProblems } from './checks/decoded-problems.ts'
import { movedRooms } from './checks/moved-rooms.ts'
import { newcomerProblems } from './checks/newcomer-problems.ts'
import { type Health, type LookedAt, lookAt, roomsOf, whatIsWrong } from './checks/what-is-wrong.ts'
import type { ChaosClient } from './clients/chaos-client.ts'
import type { ClientView } from './clients/participant/chaos-participant.ts'
import type { Fault } from './fault.ts'
import { type FaultResult, faultResult, type Witness } from './fault-result.ts'
import type { Calm } from './head-room/head-room.ts'
import type { Stage } from './stage.ts'
import type { Theatre } from './theatre.ts'

/** From the end of a fault until everything must be right again: a suspended participant may take its whole window. */
const RECOVERY_DEADLINE_MS = 45_000
const NEWCOMERS_DEADLINE_MS = 5_000
const BETWEEN_LOOKS_MS = 400
/** How long everything has to stay right before the next fault. */
const CALM_MS = 2_000

export type RunOptions = {
  readonly theatre: Theatre
  readonly random: SeededRandom
  /** What else has gone wrong since it was asked last. */
  readonly takeDeaths: () => readonly string[]
  /** What happened to whom, for whoever asks why. */
  readonly onStory: (whom: string, lines: readonly string[]) => void
}

/** Plays a fault on a service on which all is well, and tells what came of it. Where all is not well, it is not played. */
export async function runFault(
  fault: Fault,
  { theatre, random, takeDeaths, onStory }: RunOptions,
): Promise<FaultResult> {
  const { clients } = theatre
  const before = await settle(theatre, 0)
  const calm = await theatre.headRoom.calm()
  if (before.problems.length > 0) return notPlayed(fault, before.problems, calm)
  await Promise.all(clients.map((client) => client.forgetGaps()))
  const played = await play(fault, { ...theatre, homes: before.homes, random })
  const after = await settle(theatre, Date.now())
  const problems = [
    ...played.problems,
    ...after.problems,
    ...movedRooms(before.homes, after.homes, new Set(fault.movesRooms ? roomsOf(played.exposed) : [])),
    ...(await decodedProblems(clients)),
    ...(await newcomersRefused(theatre)),
    ...takeDeaths(),
    ...clients.flatMap((client) => client.takeComplaints().map((text) => `${client.name}: ${text}`)),
  ]
  await wait(CALM_MS)

  const seen = await lookAt(clients)
  const lost = seen.filter(({ view }) => view.phase === 'ended').map(({ client }) => client)
  const witnesses = seen.map((one) => witness(one, clients, played.exposed))
  onStory('fault', [`at ${played.struckAt}`])
  for (const [index, { client, view }] of seen.entries()) {
    onStory(client.name, storyOf(view.events, witnesses[index]?.ways ?? [], played.struckAt))
  }
  const names = lost.map(({ name }) => name)
  const result = faultResult({
    fault,
    ...played,
    witnesses,
    now: Date.now(),
    lost: names,
    problems,
    calm,
    foreign: theatre.headRoom.foreign(),
  })
  for (const client of lost) await client.join()
  return result
}

async function play(fault: Fault, surroundings: Omit<Stage, 'strike' | 'complain'>) {
  const problems: string[] = []
  let struckAt = Date.now()
  let exposed = surroundings.clients
  await fault.play({
    ...surroundings,
    strike(those) {
      exposed = those
      struckAt = Date.now()
    },
    complain: (problem) => problems.push(problem),
  })
  return { problems, struckAt, exposed }
}

/** Looks again and again until nothing is wrong, or the deadline is over. */
async function settle(theatre: Theatre, since: number): Promise<Health> {
  const deadline = Date.now() + RECOVERY_DEADLINE_MS
  for (;;) {
    const health = await whatIsWrong(theatre, since)
    if (health.problems.length === 0 || Date.now() > deadline) return health
    await wait(BETWEEN_LOOKS_MS)
  }
}

/** A store that has just come back may be taken for away a little longer. */
async function newcomersRefused({ fleet, clients }: Theatre): Promise<readonly string[]> {
  const deadline = Date.now() + NEWCOMERS_DEADLINE_MS
  for (;;) {
    const problems = await newcomerProblems(fleet.url, roomsOf(clients)[0] ?? '')
    if (problems.length === 0 || Date.now() > deadline) return problems
    await wait(BETWEEN_LOOKS_MS)
  }
}

function notPlayed(fault: Fault, before: readonly string[], calm: Calm): FaultResult {
  const problems = before.map((problem) => `not played, since before it ${problem}`)
  const now = Date.now()
  return faultResult({ fault, witnesses: [], struckAt: now, now, lost: [], problems, calm, foreign: calm.foreign })
}

/** What a client tells about the ways on which a pause is the network's. */
function witness(
  { client, view }: LookedAt,
  clients: readonly ChaosClient[],
  exposed: readonly ChaosClient[],
): Witness {
  const ways = view.ways.filter(({ participantId, source }) => {
    const from = clients.find((other) => other.participantId === participantId)
    return from !== undefined && expectedWays(from).includes(source)
  })
  return { name: client.name, isExposed: exposed.includes(client), ways, stalls: view.stalls }
}

/** What happened to a client, in lines; times in milliseconds from the fault on. */
function storyOf(events: ClientView['events'], ways: ClientView['ways'], struckAt: number): readonly string[] {
  const told = events.filter(({ at }) => at >= struckAt).map(({ at, event }) => `+${at - struckAt} ${event}`)
  const missed = ways.flatMap(({ participantId, source, gaps }) =>
    gaps.map(({ from, to }) => `${source} of ${participantId} missing from +${from - struckAt} to +${to - struckAt}`),
  )
  return [...told, ...missed]
}
