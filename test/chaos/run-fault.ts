import { setTimeout as wait } from 'node:timers/promises'
import type { SeededRandom } from '../seeded-random.ts'
import { expectedWays } from './checks/client-problems.ts'
import { decodedProblems } from './checks/decoded-problems.ts'
import { type Health, lookAt, whatIsWrong } from './checks/what-is-wrong.ts'
import type { ChaosClient } from './clients/chaos-client.ts'
import type { Fault } from './fault.ts'
import { type FaultResult, faultResult, type Witness } from './fault-result.ts'
import type { Theatre } from './theatre.ts'

/** From the end of a fault until everything must be right again: a suspended participant may take its whole window. */
const RECOVERY_DEADLINE_MS = 45_000
const BETWEEN_LOOKS_MS = 400
/** How long everything has to stay right before the next fault. */
const CALM_MS = 2_000

export type RunOptions = {
  readonly theatre: Theatre
  readonly random: SeededRandom
  /** What else has gone wrong since it was asked last. */
  readonly takeDeaths: () => readonly string[]
}

/** Plays a fault on a service on which all is well, and tells what came of it. Afterwards all is well again, or it rejects. */
export async function runFault(fault: Fault, options: RunOptions): Promise<FaultResult> {
  const { theatre, random, takeDeaths } = options
  const { clients } = theatre
  const { homes } = await untilWell(theatre, 0)
  await Promise.all(clients.map((client) => client.forgetGaps()))

  const problems: string[] = []
  let struckAt = Date.now()
  let exposed = clients
  await fault.play({
    ...theatre,
    homes,
    random,
    strike(those) {
      exposed = those
      struckAt = Date.now()
    },
    complain: (problem) => problems.push(problem),
  })
  const health = await settle(theatre, Date.now())
  problems.push(...health.problems, ...(await decodedProblems(clients)), ...takeDeaths())
  problems.push(...clients.flatMap((client) => client.takeComplaints().map((text) => `${client.name}: ${text}`)))
  await wait(CALM_MS)

  const lost = await lostClients(clients)
  const result = faultResult({
    fault,
    witnesses: await witnesses(clients, exposed),
    struckAt,
    now: Date.now(),
    lost: lost.map(({ name }) => name),
    problems,
  })
  for (const client of lost) await client.join()
  return result
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

async function untilWell(theatre: Theatre, since: number): Promise<Health> {
  const health = await settle(theatre, since)
  if (health.problems.length === 0) return health
  throw new Error(`the service is not well:\n  ${health.problems.join('\n  ')}`)
}

/** Those whose call has ended. */
async function lostClients(clients: readonly ChaosClient[]): Promise<readonly ChaosClient[]> {
  const seen = await lookAt(clients)
  return seen.filter(({ view }) => view.phase === 'ended').map(({ client }) => client)
}

async function witnesses(
  clients: readonly ChaosClient[],
  exposed: readonly ChaosClient[],
): Promise<readonly Witness[]> {
  const seen = await lookAt(clients)
  return seen.map(({ client, view }) => ({
    name: client.name,
    isExposed: exposed.includes(client),
    ways: view.ways.filter(({ participantId, source }) => {
      const from = clients.find((other) => other.participantId === participantId)
      return from !== undefined && expectedWays(from).includes(source)
    }),
  }))
}
