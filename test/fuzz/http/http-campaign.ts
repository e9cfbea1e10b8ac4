import { joinAnswer } from '../../../shared/api.ts'
import { HEARTBEAT_INTERVAL_MS } from '../../../shared/node-registry/node-registry.ts'
import { redisNodeRegistry } from '../../../shared/node-registry/redis-node-registry.ts'
import { startStores } from '../../integration/control-plane/stores.ts'
import { SeededRandom } from '../../seeded-random.ts'
import { nodeReport } from '../../unit/control-plane/test-control-plane.ts'
import type { Campaign, CampaignOptions, CampaignReport } from '../campaign.ts'
import {
  type AttackedControlPlane,
  countStored,
  KEY,
  type ProcessFigures,
  startAttacked,
} from './attacked-control-plane.ts'
import { type HostileRequest, HostileRequests, type Knowledge, MARK } from './hostile-requests.ts'
import { faultOf } from './judge-answer.ts'
import { type Answer, RequestSender } from './send-request.ts'

const AT_ONCE = 16
const MEDIA_NODES = 3
/** Of rooms and tokens that it has learnt, a phase remembers so many. */
const MOST_KNOWN = 200
const MOST_PROBLEMS = 20
const PROGRESS_EVERY = 10_000
/** A process takes memory until its garbage is worth collecting: what counts is how it goes on after this part of a phase. */
const WARM_PART = 0.5
/** What a process may have more at the end than when it was warm. */
const MOST_GROWTH_MB = 150
/** Redis has keys for media nodes and their regions, and none for each request. */
const MOST_REDIS_KEYS = 100

const RAISED = {
  RATE_LIMIT_PER_MINUTE: '1000000',
  GUEST_ROOMS_PER_MINUTE: '1000000',
  GUEST_MISSES_PER_MINUTE: '1000000',
}

/** The control plane in each of its modes without limits that would be in the way, and once as it is set up by default. */
const PHASES = [
  { name: 'open', env: { AUTH_MODE: 'open', ...RAISED } },
  { name: 'guests', env: { AUTH_MODE: 'guests', HOST: '0.0.0.0', PROXY_HOPS: '1', ...RAISED } },
  { name: 'api-key', env: { AUTH_MODE: 'api-key', HOST: '0.0.0.0', ...RAISED } },
  { name: 'guests, limits as by default', env: { AUTH_MODE: 'guests', HOST: '0.0.0.0', PROXY_HOPS: '1' } },
] as const

type Stores = Awaited<ReturnType<typeof startStores>>

export const httpCampaign: Campaign = {
  name: 'http',
  about: 'hostile requests to the control plane, in every mode, on a real Redis and DynamoDB’s API',
  run: runHttpCampaign,
}

async function runHttpCampaign(options: CampaignOptions): Promise<CampaignReport> {
  await using parts = new AsyncDisposableStack()
  const stores = await startStores()
  parts.defer(() => stores.stop())
  parts.use(await beatingFleet(stores))
  const sent: Record<string, number> = {}
  const statuses: Record<string, number> = {}
  const figures: Record<string, string> = {}
  const problems: string[] = []
  for (const [index, { name, env }] of PHASES.entries()) {
    const attack = new Attack({ ...options, seed: options.seed + index, sent, statuses, problems })
    const attacked = await startAttacked(stores, env, (line) => line.includes(MARK) || line.includes('"level":50'))
    try {
      figures[`${name}: figures`] = await attack.run(attacked)
    } finally {
      await attacked.child.stop()
    }
    if (attacked.suspects.length > 0)
      problems.push(`${name}: ${attacked.suspects.length} log lines, such as ${attacked.suspects[0]}`)
  }
  const { redisKeys, items } = await countStored(stores)
  const made = statuses['201'] ?? 0
  if (redisKeys > MOST_REDIS_KEYS) problems.push(`Redis has ${redisKeys} keys`)
  if (items > made + (statuses['204'] ?? 0))
    problems.push(`${items} items are stored, and only ${made} rooms were made`)
  const counts = Object.entries(statuses).map(([status, count]) => `${status}: ${count}`)
  return {
    sent,
    figures: {
      ...figures,
      'answers by status': counts.join(', '),
      'Redis keys': `${redisKeys}`,
      'stored items': `${items}`,
    },
    problems,
  }
}

type AttackOptions = CampaignOptions & {
  readonly sent: Record<string, number>
  readonly statuses: Record<string, number>
  readonly problems: string[]
}

/** One phase: a part of the campaign's time and requests, against one process. */
class Attack {
  readonly #options: AttackOptions
  readonly #requests: HostileRequests
  readonly #rooms = ['standup']
  readonly #tokens = [MARK]
  #count = 0

  constructor(options: AttackOptions) {
    this.#options = options
    this.#requests = new HostileRequests(new SeededRandom(options.seed))
  }

  /** @returns how the process bore it */
  async run(attacked: AttackedControlPlane): Promise<string> {
    const { forMs, most = Number.POSITIVE_INFINITY } = this.#options
    const sender = new RequestSender(attacked.url.replace('0.0.0.0', '127.0.0.1'))
    const startedAt = Date.now()
    const share = Math.ceil(most / PHASES.length)
    const attack = async (part: number) => {
      const until = startedAt + (part * forMs) / PHASES.length
      const one = async () => {
        while (Date.now() < until && this.#count < part * share) await this.#attack(sender)
      }
      await Promise.all(Array.from({ length: AT_ONCE }, one))
    }
    await attack(WARM_PART)
    const before = await attacked.figures()
    await attack(1)
    sender.close()
    const alive = await attacked.figures().catch(() => undefined)
    if (!alive) this.#problem('the process does not answer any more')
    return this.#compared(before, alive ?? before)
  }

  async #attack(sender: RequestSender): Promise<void> {
    const knowledge: Knowledge = { rooms: this.#rooms, tokens: this.#tokens, key: KEY }
    const request = this.#requests.next(knowledge)
    const { sent, statuses, progress } = this.#options
    this.#count += 1
    sent[request.kind] = (sent[request.kind] ?? 0) + 1
    const answer = await sender.send(request).catch((error: Error) => error)
    if (answer instanceof Error) return this.#problem(answer.message)
    const status = `${answer.status ?? 'closed'}`
    statuses[status] = (statuses[status] ?? 0) + 1
    const fault = faultOf(request, answer)
    if (fault !== undefined) this.#problem(fault)
    this.#learn(request, answer)
    if (this.#count % PROGRESS_EVERY === 0) progress(`${this.#count} requests in this phase`)
  }

  #learn({ kind, path }: HostileRequest, { status, body }: Answer): void {
    if (kind === 'raw' || !path.startsWith('/v1/rooms')) return
    if (status === 201) remember(this.#rooms, /"roomId":"([^"]+)"/.exec(body)?.[1])
    if (status === 200 && path.endsWith('/join')) remember(this.#tokens, joinAnswer.parse(JSON.parse(body)).rejoinToken)
  }

  #problem(text: string): void {
    if (this.#options.problems.length < MOST_PROBLEMS) this.#options.problems.push(text)
  }

  #compared(before: ProcessFigures, after: ProcessFigures): string {
    if (after.residentMb - before.residentMb > MOST_GROWTH_MB) this.#problem('the process grew')
    const memory = `${before.residentMb.toFixed(0)} → ${after.residentMb.toFixed(0)} MB`
    return `${this.#count} requests, event loop held ${after.lagP99Ms.toFixed(0)} ms (p99), ${memory}`
  }
}

function remember(known: string[], value: string | undefined): void {
  if (value === undefined) return
  known.push(value)
  if (known.length > MOST_KNOWN) known.shift()
}

/** Media nodes that go on saying that they are there. */
async function beatingFleet({ redis }: Stores): Promise<AsyncDisposable> {
  const registry = redisNodeRegistry({ url: redis.url })
  const ids = Array.from({ length: MEDIA_NODES }, (_, index) => `node-${index}`)
  const beat = () =>
    Promise.all(ids.map((nodeId) => registry.heartbeat(nodeReport(nodeId, { url: 'ws://127.0.0.1:1/', load: 0.1 }))))
  await beat()
  const beating = setInterval(() => void beat().catch(() => undefined), HEARTBEAT_INTERVAL_MS)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(beating)
      await registry.close()
    },
  }
}
