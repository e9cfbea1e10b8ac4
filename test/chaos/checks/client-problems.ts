import type { ChaosClient } from '../clients/chaos-client.ts'
import type { ClientView } from '../clients/participant/chaos-participant.ts'

export type SeenClient = {
  readonly client: Pick<ChaosClient, 'name' | 'participantId' | 'plan' | 'hosts'>
  readonly view: ClientView
}

/** Media that has not come for so long has stopped; a busy machine may take its time. */
const STOPPED_MS = 1_500

type Surroundings = {
  readonly others: readonly SeenClient[]
  /** `address:port` of the media node that serves the room. */
  readonly host: string | undefined
  readonly now: number
}

/** What is wrong with one client's call, by what its page shows. `others` are those who should be in the room with it. */
export function clientProblems({ client, view }: SeenClient, around: Surroundings): readonly string[] {
  const { name } = client
  if (view.phase !== 'connected') return [`${name} is ${view.phase} ${view.error ?? ''}`.trim()]
  const problems = [
    view.participantId !== client.participantId && `${name} has become another participant`,
    !isSame(view.publishes, sourcesOf(client)) && `${name} sends ${view.publishes.join('+') || 'nothing'}`,
    view.readsCaptions !== client.plan.readsCaptions && `${name} has its captions switched`,
    view.forgotten > 0 && `${name} no longer shows ${view.forgotten} captions`,
    !isSame(client.hosts, [around.host ?? '']) && `${name} is at ${client.hosts.join(' and ') || 'no media node'}`,
    ...roomProblems(name, view, around),
  ]
  return problems.filter((problem) => problem !== false)
}

function roomProblems(name: string, view: ClientView, { others, now }: Surroundings): readonly string[] {
  const present = view.others.map(({ participantId }) => participantId)
  const wanted = others.map(({ client }) => client.participantId)
  if (!isSame(present, wanted)) return [`${name} sees ${present.length} others instead of these ${wanted.length}`]
  return others.flatMap(({ client: other }) => {
    const tracks = view.others.find(({ participantId }) => participantId === other.participantId)?.tracks ?? []
    const live = tracks.filter(({ status, paused }) => status === 'live' && !paused).map(({ source }) => source)
    if (!isSame(live, sourcesOf(other))) return [`${name} has ${live.join('+') || 'nothing'} of ${other.name}`]
    return expectedWays(other).flatMap((source) => {
      const way = view.ways.find((one) => one.participantId === other.participantId && one.source === source)
      const isFlowing = way?.last !== undefined && now - way.last < STOPPED_MS
      return isFlowing ? [] : [`${name} gets nothing from the ${source} of ${other.name}`]
    })
  })
}

/** The ways from this client on which a pause is the network's: in speech there are others. */
export function expectedWays({ plan }: Pick<ChaosClient, 'plan'>): readonly ('microphone' | 'camera')[] {
  return [
    ...(plan.speech === undefined ? (['microphone'] as const) : []),
    ...(plan.hasCamera ? (['camera'] as const) : []),
  ]
}

function sourcesOf({ plan }: Pick<ChaosClient, 'plan'>): readonly string[] {
  return plan.hasCamera ? ['microphone', 'camera'] : ['microphone']
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && [...some].sort().every((one, index) => one === [...others].sort()[index])
}
