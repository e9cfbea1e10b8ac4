import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { ParticipantLink } from '../../../media-node/sfu/participant-link.ts'
import { Rooms } from '../../../media-node/sfu/rooms.ts'
import type { WorkerPool } from '../../../media-node/sfu/worker-pool.ts'
import { createHandlers, type Handlers } from '../../../media-node/signalling/handlers.ts'
import { JoinLimits } from '../../../media-node/signalling/join-limits.ts'
import { NotificationTexts } from '../../../media-node/signalling/notification-texts.ts'
import { RESUME_WINDOW_MS } from '../../../media-node/signalling/presence.ts'
import { Presences } from '../../../media-node/signalling/presences.ts'
import { RequestBudgets } from '../../../media-node/signalling/request-budgets.ts'
import { Session, type SessionContext } from '../../../media-node/signalling/session.ts'
import type { SignallingMetrics } from '../../../media-node/signalling/signalling-metrics.ts'
import { UsedTokens } from '../../../media-node/signalling/used-tokens.ts'
import { createLogger } from '../../../shared/logging.ts'
import type { Caption } from '../../../shared/protocol/caption.ts'
import { CallError } from '../../../shared/protocol/error-code.ts'
import type { JoinGrant } from '../../../shared/token.ts'
import { SettableClock } from '../../unit/shared/settable-clock.ts'
import { noSfuMetrics } from './no-sfu-metrics.ts'
import { noRoomLimits } from './open-room.ts'
import { ScriptedSocket } from './scripted-socket.ts'
import { startPool } from './test-router.ts'
import { until } from './until.ts'

const KIBIBYTE = 1_024
const logger = createLogger({ name: 'test', level: 'silent' })
const client = { caller: 'caller', letIn: () => undefined }
const handlers = createHandlers({ setCaptions: () => ({ captions: [] }) })

let pool: WorkerPool
let clock: SettableClock
let socket: ScriptedSocket
let counted: string[]
let opened: Rooms | undefined

before(async () => {
  pool = await startPool({ workers: 1, port: 0 })
})
beforeEach(() => {
  clock = new SettableClock()
  socket = new ScriptedSocket()
  counted = []
})
afterEach(() => opened?.close('draining'))
after(() => pool.close())

function grant(participantId: string) {
  return {
    tokenId: participantId,
    nodeId: 'node',
    roomId: 'room',
    epoch: 1,
    participantId,
    displayName: participantId,
    language: 'en',
    maxParticipants: 5,
    emptyTimeoutSeconds: 0,
    expiresAt: clock.now() + 60_000,
  }
}

function context(rooms: Rooms, replaced: Partial<Handlers> = {}): SessionContext {
  const metrics: SignallingMetrics = {
    refused: () => undefined,
    answered: (method, outcome) => outcome === 'ok' || counted.push(`${method} ${outcome}`),
    joined: () => undefined,
    closed: (reason) => counted.push(`closed ${reason}`),
    dropped: (what) => counted.push(`dropped ${what}`),
    resumed: (outcome) => counted.push(outcome),
  }
  return {
    openRoom: (wanted, caller) => rooms.open(wanted, caller),
    authorise: async (token) => grant(token),
    usedTokens: new UsedTokens(clock),
    joinLimits: new JoinLimits(1_000, clock),
    presences: new Presences({
      handlers: { ...handlers, ...replaced },
      captions: { active: () => false },
      newResumeToken: () => 'the token that resumes',
      budgets: new RequestBudgets(clock),
      metrics,
      clock,
      logger,
    }),
    notificationTexts: new NotificationTexts(),
    metrics,
    clock,
    logger,
  }
}

/** A session on the scripted socket, in which some handlers may be other ones; a token is its participant's id. */
async function joined(replaced: Partial<Handlers> = {}): Promise<{ session: Session; rooms: Rooms }> {
  const rooms = new Rooms({
    nodeId: 'node',
    createRouter: () => pool.createRouter(),
    limits: noRoomLimits,
    metrics: noSfuMetrics,
    clock,
    logger,
  })
  opened = rooms
  const session = new Session(context(rooms, replaced), socket, client)
  await session.start({ joinToken: 'reader', resumeToken: undefined })
  return { session, rooms }
}

const request = (session: Session, id: number, method = 'ping') =>
  session.received(Buffer.from(JSON.stringify({ id, method, data: {} })))

const caption: Caption = {
  segmentId: 's',
  revision: 1,
  participantId: 'p',
  language: 'en',
  text: 'word',
  final: false,
  startMs: 0,
  endMs: 1,
}

test('[M34] towards a client that reads slowly captions are dropped first, then the connection; both are counted', async () => {
  let notify: ParticipantLink['notify'] = () => undefined
  const { session, rooms } = await joined({
    'set-captions': (participant) => {
      notify = participant.link.notify
      return { captions: [] }
    },
  })
  session.received(Buffer.from('{"id":1,"method":"set-captions","data":{"enabled":true}}'))
  const sent = socket.sent.length
  notify('caption', caption)
  assert.equal(socket.sent.length, sent + 1)
  socket.bufferedAmount = 300 * KIBIBYTE
  notify('caption', caption)
  assert.equal(socket.sent.length, sent + 1)
  notify('active-speakers', { participantIds: [] })
  assert.equal(socket.sent.length, sent + 2)
  socket.bufferedAmount = 1_100 * KIBIBYTE
  notify('active-speakers', { participantIds: [] })
  assert.equal(socket.sent.length, sent + 2)
  assert.deepEqual(socket.closed, [{ code: 4419, reason: 'connection_lost' }])
  assert.deepEqual(counted, ['dropped caption', 'dropped connection', 'closed connection_lost'])
  assert.equal(rooms.counts().participants, 1)
  clock.advance(RESUME_WINDOW_MS)
  assert.equal(rooms.counts().participants, 0)
})

test('[M35] a request that the node does not finish is answered request_timeout', async () => {
  const { session } = await joined({ ping: () => new Promise(() => undefined) })
  request(session, 1)
  clock.advance(8_000)
  await until(() => assert.match(socket.sent.at(-1) ?? '', /"id":1,"error":\{"code":"request_timeout"/))
  assert.deepEqual(socket.closed, [])
})

test('[M36] more open requests than a client needs are answered rate_limited', async () => {
  const { session } = await joined({ ping: () => new Promise(() => undefined) })
  for (let id = 0; id < 65; id++) request(session, id)
  await until(() => assert.match(socket.sent.at(-1) ?? '', /"id":64,"error":\{"code":"rate_limited"/))
})

test('[M37] a fault of the node is answered internal, and its text stays inside', async () => {
  const fault = () => {
    throw new TypeError('the secret inside')
  }
  const { session } = await joined({ ping: fault, 'set-captions': async () => fault() })
  request(session, 1)
  session.received(Buffer.from('{"id":2,"method":"set-captions","data":{"enabled":true}}'))
  await until(() => assert.deepEqual(counted, ['ping internal', 'set-captions internal']))
  assert.doesNotMatch(socket.sent.join(), /secret/)
})

test('[M38] a connection that closes while its token is checked never joins', async () => {
  const { rooms } = await joined()
  const gone = new ScriptedSocket()
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof grant>>()
  const session = new Session({ ...context(rooms), authorise: () => promise }, gone, client)
  const joining = session.start({ joinToken: 'late', resumeToken: undefined })
  session.close('connection_lost')
  resolve(grant('late'))
  await joining
  assert.equal(rooms.counts().participants, 1)
})

test('[M38] a connection that closes while its room opens never joins', async () => {
  const { rooms } = await joined()
  const openRoom = async (wanted: JoinGrant) => {
    const room = await rooms.open(wanted, 'caller')
    session.close('connection_lost')
    return room
  }
  const session: Session = new Session({ ...context(rooms), openRoom }, new ScriptedSocket(), client)
  await session.start({ joinToken: 'late', resumeToken: undefined })
  assert.equal(rooms.counts().participants, 1)
})

test('[M39] a room that is closed or allocated again while it opens is not left behind', async () => {
  const { rooms } = await joined()
  const inAnotherRoom = { ...grant('late'), roomId: 'another' }
  const older = rooms.open(inAnotherRoom, 'caller')
  const newer = rooms.open({ ...inAnotherRoom, epoch: 2 }, 'caller')
  await assert.rejects(older, (error) => error instanceof CallError && error.code === 'stale_allocation')
  assert.equal((await newer).epoch, 2)
  const third = rooms.open({ ...inAnotherRoom, roomId: 'third' }, 'caller')
  rooms.closeRoom('third', 1)
  await assert.rejects(third, (error) => error instanceof CallError && error.code === 'room_closed')
  rooms.close('draining')
  await assert.rejects(
    rooms.open(inAnotherRoom, 'caller'),
    (error) => error instanceof CallError && error.code === 'draining',
  )
  await until(async () => assert.equal((await pool.dump()).routers, 0))
})

test('[M59] what is told to many, one after the other, is encoded once for all of them', () => {
  let encoded = 0
  const said = {
    ...caption,
    get text() {
      encoded += 1
      return `word ${encoded}`
    },
  }
  const texts = new NotificationTexts()
  const sent = [texts.of('caption', said), texts.of('caption', said)]
  assert.deepEqual([encoded, sent[0]], [1, sent[1]])
  assert.deepEqual(JSON.parse(texts.of('caption', caption)), { event: 'caption', data: caption })
  assert.deepEqual(JSON.parse(texts.of('participant-left', { participantId: 'p' })).event, 'participant-left')
  assert.match(texts.of('caption', said), /word 2/)
})
