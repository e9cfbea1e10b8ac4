import { setTimeout as wait } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { type Notifications, notifications } from '../../../shared/protocol/messages.ts'
import { SeededRandom } from '../../seeded-random.ts'
import type { Campaign, CampaignOptions, CampaignReport } from '../campaign.ts'
import { FuzzedNode } from './fuzzed-node.ts'
import { badTokens, hostileHandshake, playHandshake } from './hostile-handshake.ts'
import { hostileMessage } from './hostile-message.ts'
import { Witness } from './witness.ts'

/** Past what the limits would let through, since it is not the limiter that is to be tried here. */
const NO_LIMITS = {
  ...{ CONNECTIONS_PER_SECOND_PER_ADDRESS: '100000', MAX_CONNECTIONS_PER_ADDRESS: '20000', MAX_CONNECTIONS: '20000' },
  ...{ MAX_WAITING_CONNECTIONS: '20000', JOINS_PER_MINUTE_PER_ADDRESS: '1000000', MAX_PARTICIPANTS: '20000' },
  ...{ MAX_PARTICIPANTS_PER_ADDRESS_AND_ROOM: '20000', ALLOWED_ORIGINS: 'https://page.example' },
}

const HANDSHAKES_AT_ONCE = 64
const PARTICIPANTS_AT_ONCE = 100

/** Under what a connection may send at once and each second, but for those that flood. */
const MESSAGES_AT_ONCE = 95
const MESSAGES_A_SECOND = 45
const FLOOD = 220

/** Seconds that a participant stays at most. */
const MOST_SECONDS = 20

/** Of the time and of what is sent, this goes to a media node whose limits are the ordinary ones. */
const SHARE_WITH_LIMITS = 0.1

/** For each message so many handshakes. */
const HANDSHAKES_PER_MESSAGE = 0.1

/** From when hostile participants stop until nothing is left of them: the window in which they may resume, and some. */
const SETTLE_MS = 40_000
const SHORT_MS = 30_000
const LEAVE_PATIENCE_MS = 1_000
const PROGRESS_EVERY_MS = 5_000
const LIFE_DEADLINE_MS = (MOST_SECONDS + 10) * 1_000

/** Memory that a media node may keep after it all, in megabytes: code that was compiled, pools that grew, what is collected late. */
const MAY_KEEP_MB = 400

/** Of JavaScript, in megabytes: a media node that keeps something of each message or connection dies of this. */
const HEAP_MB = 256

type Run = {
  readonly node: FuzzedNode
  readonly random: SeededRandom
  readonly sent: Map<string, number>
  readonly until: number
  /** Too short to wait for the window in which whoever breaks off may resume. */
  readonly isShort: boolean
  /** Messages and handshakes still to be sent. */
  readonly left: { messages: number; handshakes: number }
}

export const signallingCampaign: Campaign = {
  name: 'signalling',
  about: "handshakes and messages of participants who mean harm, at a media node's door",
  async run(options) {
    const withoutLimits = await play(options, 'without limits', NO_LIMITS)
    const withLimits = await play(options, 'with limits', { ALLOWED_ORIGINS: 'https://page.example' })
    return {
      sent: { ...withoutLimits.sent, ...withLimits.sent },
      figures: { ...withoutLimits.figures, ...withLimits.figures },
      problems: [...withoutLimits.problems, ...withLimits.problems],
    }
  },
}

async function play(
  options: CampaignOptions,
  title: 'without limits' | 'with limits',
  env: Readonly<Record<string, string>>,
): Promise<CampaignReport> {
  await using parts = new AsyncDisposableStack()
  const node = await FuzzedNode.start({ ...env, NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` })
  parts.defer(() => node.stop())
  const share = title === 'with limits' ? SHARE_WITH_LIMITS : 1 - SHARE_WITH_LIMITS
  const messages = (options.most ?? Number.POSITIVE_INFINITY) * share
  const run: Run = {
    node,
    random: new SeededRandom(options.seed),
    sent: new Map(),
    until: Date.now() + options.forMs * share,
    isShort: options.forMs < SHORT_MS,
    left: { messages, handshakes: messages * HANDSHAKES_PER_MESSAGE },
  }
  const witnesses = [await Witness.join(node, 'witnessed'), await Witness.join(node, 'undisturbed')]
  for (const witness of witnesses) parts.defer(() => witness.leave())
  const before = await node.metrics()
  const progress = setInterval(() => options.progress(`${title}: ${sum(run.sent)} sent`), PROGRESS_EVERY_MS)
  parts.defer(() => clearInterval(progress))
  await Promise.all([shakeHands(run), ...Array.from({ length: PARTICIPANTS_AT_ONCE }, () => participate(run))])
  const after = await node.metrics()
  const problems = await problemsOf(run, witnesses, { before, after })
  return {
    sent: prefixed(title, Object.fromEntries(run.sent)),
    figures: prefixed(title, figuresOf(witnesses, { before, after, settled: await node.metrics() })),
    problems: problems.map((problem) => `${title}: ${problem}`),
  }
}

async function shakeHands(run: Run): Promise<void> {
  const tokens = await badTokens(run.node)
  await new Promise<void>((resolve) => {
    const socket = new WebSocket(run.node.url, ['jbcalling.v1', `bearer.${tokens.used}`])
    socket.on('error', () => resolve())
    socket.once('open', () => socket.close(1001))
    socket.once('close', () => resolve())
  })
  const one = async () => {
    while (goesOn(run) && run.left.handshakes > 0) {
      run.left.handshakes -= 1
      const handshake = hostileHandshake(run.random, tokens)
      count(run, `handshake, ${handshake.kind}`)
      await playHandshake(run.node, handshake, run.random)
    }
  }
  await Promise.all(Array.from({ length: HANDSHAKES_AT_ONCE }, one))
}

async function participate(run: Run): Promise<void> {
  while (goesOn(run) && run.left.messages > 0) {
    const roomId = run.random.next() < 0.05 ? 'witnessed' : `room-${run.random.below(30)}`
    const token = await run.node.token({ roomId })
    const socket = new WebSocket(run.node.url, ['jbcalling.v1', `bearer.${token}`])
    await within(beHostile(run, socket))
    socket.close(1001)
  }
}

/** One participant from the connection to its end. */
function beHostile(run: Run, socket: WebSocket): Promise<void> {
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => undefined)
  socket.once('open', () => {
    if (run.random.next() > 0.1) return
    count(run, 'message, before the welcome')
    socket.send('{"id":0,"method":"ping"}')
  })
  socket.once('message', (data) => {
    const { event, data: said } = JSON.parse(data.toString())
    const welcome = event === 'welcome' ? notifications.welcome.safeParse(said).data : undefined
    if (welcome === undefined) {
      socket.close(1001)
      return
    }
    void send(run, socket, welcome)
  })
  return closed
}

/** All at once that may come at once, then as much as may come each second; or more than may. */
async function send(run: Run, socket: WebSocket, welcome: Notifications['welcome']): Promise<void> {
  const floods = run.random.next() < 0.05
  const seconds = run.random.below(MOST_SECONDS)
  let id = 0
  for (let second = 0; second <= seconds && socket.readyState === WebSocket.OPEN; second++) {
    const many = second === 0 ? MESSAGES_AT_ONCE : MESSAGES_A_SECOND
    for (let sent = 0; sent < (floods ? FLOOD : many); sent++) {
      id += 1
      const { kind, text } = hostileMessage(run.random, welcome, id)
      run.left.messages -= 1
      count(run, floods ? 'message, of a flood' : `message, ${kind}`)
      socket.send(text, () => undefined)
    }
    if (!goesOn(run) || run.left.messages <= 0) break
    await wait(1_000)
  }
  end(run, socket)
}

function end({ random, isShort }: Run, socket: WebSocket): void {
  const dice = random.next()
  if (dice < 0.02 && !isShort) socket.terminate()
  else if (dice < 0.5) socket.close(1001)
  else {
    socket.send('{"id":100000,"method":"leave"}', () => undefined)
    // With too many requests under way that is refused as well.
    void wait(LEAVE_PATIENCE_MS).then(() => socket.close(1001))
  }
}

async function problemsOf(
  { node }: Run,
  witnesses: readonly Witness[],
  { before, after }: Readonly<Record<'before' | 'after', ReadonlyMap<string, number>>>,
): Promise<string[]> {
  const problems = witnesses.flatMap(({ problem }) => problem ?? [])
  if (node.death !== undefined) return [...problems, node.death]
  const deaths = after.get('jbcalling_worker_deaths_total') ?? 0
  if (deaths > 0) problems.push(`${deaths} media workers died`)
  const faults = [...after].filter(
    ([name, value]) => /_total|_count/.test(name) && name.includes('internal') && value > 0,
  )
  for (const [name, value] of faults) problems.push(`faults of the media node: ${value} ${name}`)
  const left = await leftBehind(node, witnesses.length)
  if (left !== undefined) problems.push(left)
  const keptMb = memoryMb(await node.metrics()) - memoryMb(before)
  if (keptMb > MAY_KEEP_MB) problems.push(`${keptMb.toFixed(0)} MB more memory than before`)
  return problems
}

/** Waits until the media node has nothing but the witnesses; says what it still has when that does not come. */
async function leftBehind(node: FuzzedNode, witnesses: number): Promise<string | undefined> {
  const giveUpAt = Date.now() + SETTLE_MS
  for (;;) {
    const { counts, mediasoup } = await node.stats()
    const { connections, rooms, participants, producers, consumers, taps, transports } = counts
    const held = {
      connections,
      rooms,
      participants,
      producers,
      consumers,
      taps,
      transports,
      routers: mediasoup['routers'],
    }
    const wanted = { connections: witnesses, rooms: witnesses, participants: witnesses, routers: witnesses }
    const rest = { producers: 0, consumers: 0, taps: 0, transports: 2 * witnesses }
    const text = JSON.stringify(held)
    const differs = Object.entries({ ...wanted, ...rest }).some(([name, count]) => Reflect.get(held, name) !== count)
    if (!differs) return undefined
    if (Date.now() > giveUpAt) return `left behind, beside ${witnesses} witnesses: ${text}`
    await wait(1_000)
  }
}

function figuresOf(
  witnesses: readonly Witness[],
  { before, after, settled }: Readonly<Record<'before' | 'after' | 'settled', ReadonlyMap<string, number>>>,
): Record<string, string> {
  const pings = witnesses.flatMap(({ pingsMs }) => pingsMs).toSorted((a, b) => a - b)
  const ping = (share: number) => `${(pings[Math.floor(share * (pings.length - 1))] ?? 0).toFixed(1)} ms`
  const held = 1_000 * (after.get('nodejs_eventloop_lag_p99_seconds') ?? 0)
  const descriptors = (at: ReadonlyMap<string, number>) => `${at.get('process_open_fds') ?? 'unknown'}`
  return {
    'ping of a witness, median': ping(0.5),
    'ping of a witness, p99': ping(0.99),
    'ping of a witness, longest': ping(1),
    'main thread held, p99': `${held.toFixed(1)} ms`,
    'memory before, after, and when all had gone': [before, after, settled]
      .map((at) => `${memoryMb(at).toFixed(0)} MB`)
      .join(', '),
    'open files before, after, and when all had gone': [before, after, settled].map(descriptors).join(', '),
    'media workers that died': `${after.get('jbcalling_worker_deaths_total') ?? 'unknown'}`,
  }
}

const goesOn = ({ node, until }: Run) => Date.now() < until && node.death === undefined
const memoryMb = (metrics: ReadonlyMap<string, number>) => (metrics.get('process_resident_memory_bytes') ?? 0) / 2 ** 20
const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((all, one) => all + one, 0)
const count = ({ sent }: Run, kind: string) => sent.set(kind, (sent.get(kind) ?? 0) + 1)

function prefixed<T>(title: string, record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [`${title}: ${name}`, value]))
}

/** A participant who is never answered is left alone. */
async function within(work: Promise<void>): Promise<void> {
  const late = new Promise<void>((resolve) => setTimeout(resolve, LIFE_DEADLINE_MS).unref())
  await Promise.race([work, late])
}
