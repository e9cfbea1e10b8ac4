import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose'
import { z } from 'zod'
import { MediaNode, type MediaNodeOptions } from '../../../media-node/media-node.ts'
import { mediaNodeSettings } from '../../../media-node/settings.ts'
import { PING_INTERVAL_MS } from '../../../media-node/signalling/keep-alive.ts'
import { RESUME_WINDOW_MS } from '../../../media-node/signalling/presence.ts'
import { createLogger } from '../../../shared/logging.ts'
import type { Notifications } from '../../../shared/protocol/messages.ts'
import { readSettings } from '../../../shared/settings.ts'
import { type JoinGrant, localKeys, type SigningKey, signJoinToken, verifyJoinToken } from '../../../shared/token.ts'
import { SettableClock } from '../../unit/shared/settable-clock.ts'
import { capabilities, opus, vp8 } from './rtp.ts'
import { ScriptedRegistry } from './scripted-registry.ts'
import { ScriptedRoomStore } from './scripted-room-store.ts'
import { TestClient, type TestClientOptions } from './test-client.ts'
import { until, within } from './until.ts'

export const NODE_ID = 'node-under-test'

const stats = z.object({
  counts: z.record(z.string(), z.number()),
  mediasoup: z.object({
    workers: z.number(),
    routers: z.number(),
    transports: z.number(),
    producers: z.number(),
    consumers: z.number(),
    rtpObservers: z.number(),
    handlers: z.number(),
  }),
})

export type Stats = z.infer<typeof stats>

export async function signingKeys(): Promise<{ key: SigningKey; jwks: JSONWebKeySet }> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'EdDSA', use: 'sig' }
  return { key: { kid: 'test', privateKey }, jwks: { keys: [jwk] } }
}

/** A media node in this process, with real workers, under a clock that the test moves. */
export class TestNode {
  readonly node: MediaNode
  readonly clock: SettableClock
  readonly registry: ScriptedRegistry
  readonly roomStore: ScriptedRoomStore
  readonly #key: SigningKey
  readonly #clients = new Set<TestClient>()

  static async start(
    env: Readonly<Record<string, string>> = {},
    options: Pick<MediaNodeOptions, 'spawnWorker' | 'startStandIn'> = {},
  ): Promise<TestNode> {
    const clock = new SettableClock()
    const registry = new ScriptedRegistry()
    const roomStore = new ScriptedRoomStore()
    const { key, jwks } = await signingKeys()
    const keys = localKeys(jwks)
    const settings = readSettings(mediaNodeSettings, {
      NODE_ID,
      PORT: '0',
      METRICS_PORT: '0',
      JOINS_PER_MINUTE_PER_ADDRESS: '10000',
      MEDIA_PORT: '0',
      WORKERS: '1',
      STT_ENGINE: 'none',
      ALLOWED_ORIGINS: 'https://page.example',
      CAPTION_LANES: '1',
      TRANSCRIPT_RETENTION_DAYS: '0',
      ...env,
    })
    const heard = registry.nextReport()
    const node = await MediaNode.start({
      settings,
      registry,
      roomStore,
      authorise: (token, nodeId) => verifyJoinToken(token, { keys, nodeId, now: clock.now() }),
      clock,
      logger: createLogger({ name: 'test', level: process.env['TEST_LOG_LEVEL'] ?? 'silent' }),
      ...options,
    })
    await heard
    return new TestNode(node, clock, { registry, roomStore }, key)
  }

  private constructor(
    node: MediaNode,
    clock: SettableClock,
    stores: Pick<TestNode, 'registry' | 'roomStore'>,
    key: SigningKey,
  ) {
    this.node = node
    this.clock = clock
    this.registry = stores.registry
    this.roomStore = stores.roomStore
    this.#key = key
  }

  get url(): string {
    return `ws://127.0.0.1:${this.node.port}/v1/signalling`
  }

  token(grant: Partial<JoinGrant> = {}): Promise<string> {
    return signJoinToken(this.#key, {
      tokenId: randomUUID(),
      nodeId: NODE_ID,
      roomId: 'room',
      epoch: 1,
      participantId: randomUUID(),
      displayName: 'Somebody',
      language: 'en',
      maxParticipants: 50,
      emptyTimeoutSeconds: 0,
      expiresAt: this.clock.now() + 60_000,
      ...grant,
    })
  }

  /** A connection that has been opened and not been welcomed yet. */
  async connect(grant: Partial<JoinGrant> = {}, options: Omit<TestClientOptions, 'token'> = {}): Promise<TestClient> {
    return await this.open(await this.token(grant), options).opened()
  }

  /** A connection that may not be open yet. */
  open(token: string | undefined, options: Omit<TestClientOptions, 'token'> = {}): TestClient {
    const client = new TestClient(this.url, { ...options, ...(token === undefined ? {} : { token }) })
    this.#clients.add(client)
    return client
  }

  /** Somebody who is in the room and receives. */
  async join(grant: Partial<JoinGrant> = {}, options: Omit<TestClientOptions, 'token'> = {}): Promise<Joined> {
    const client = await this.connect(grant, options)
    const welcome = await client.next('welcome')
    const { consumers } = await client.request('receive', { rtpCapabilities: capabilities })
    return { client, welcome, consumers }
  }

  /** What the token's holder is told when the connection is refused. */
  async refusal(token: string | undefined): Promise<string> {
    const { code, reason } = await this.open(token).whenClosed()
    assert.ok(code >= 4000 && code < 5000, `an application close code, not ${code}`)
    return reason
  }

  /** How an upgrade is answered that is refused. */
  async refusedUpgrade(
    token: string | undefined,
    options: { readonly localAddress?: string; readonly forwardedFor?: string } = {},
  ): Promise<{ readonly status: number | undefined; readonly retryAfter: string | undefined }> {
    const { socket } = this.open(token, options)
    const [, response] = await within('the upgrade to be refused', once(socket, 'unexpected-response'))
    socket.terminate()
    return { status: response.statusCode, retryAfter: response.headers['retry-after'] }
  }

  async stats(): Promise<Stats> {
    return stats.parse(await this.node.stats())
  }

  /** Asks for the figures until `check` is content with them. */
  until(check: (stats: Stats) => void): Promise<void> {
    return until(async () => check(await this.stats()))
  }

  /** Lets every empty room end, and checks that nothing is left in this process nor in the workers. */
  async assertNothingLeft(): Promise<void> {
    await until(async () => {
      this.clock.advance(1)
      const { counts, mediasoup } = await this.stats()
      const { workers, captionLanes, ...held } = counts
      const { workers: answering, handlers, ...heldByWorkers } = mediasoup
      assert.deepEqual([workers, handlers], [answering, answering], 'of the workers, only their WebRtcServers')
      assert.deepEqual(nonZero(held), {}, 'counted in this process')
      assert.deepEqual(nonZero(heldByWorkers), {}, 'counted by the workers')
    })
  }

  /** Lets the time pass in which somebody whose connection broke may come back, while these answer their pings. */
  passResumeWindow(...staying: readonly Joined[]): Promise<void> {
    return this.passTime(RESUME_WINDOW_MS, ...staying)
  }

  /** Moves the clock while these answer their pings. */
  async passTime(ms: number, ...staying: readonly Joined[]): Promise<void> {
    for (let left = ms; left > 0; left -= PING_INTERVAL_MS) {
      this.clock.advance(Math.min(left, PING_INTERVAL_MS))
      const present = staying.filter(({ client }) => client.socket.readyState === client.socket.OPEN)
      await Promise.all(present.map(({ client }) => client.request('ping', {}).catch(() => undefined)))
    }
  }

  /** Cuts everybody off and checks that nothing is left of them. */
  async empty(): Promise<void> {
    for (const { socket } of this.#clients) socket.terminate()
    this.#clients.clear()
    await this.until(({ counts }) => assert.equal(counts['connections'], 0))
    this.clock.advance(RESUME_WINDOW_MS)
    await this.assertNothingLeft()
  }

  close(): Promise<void> {
    return this.node.close()
  }
}

function nonZero(counts: Readonly<Record<string, number>>): object {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0))
}

export type Joined = {
  readonly client: TestClient
  readonly welcome: Notifications['welcome']
  readonly consumers: Notifications['consumer-created'][]
}

/** Sends a microphone and a camera; answers the producers' ids. */
export async function produceBoth({ client }: Joined, ssrc: number): Promise<string[]> {
  const microphone = { kind: 'audio' as const, source: 'microphone' as const, rtpParameters: opus(ssrc) }
  const camera = { kind: 'video' as const, source: 'camera' as const, rtpParameters: vp8(ssrc + 1) }
  const replies = await Promise.all([client.request('produce', microphone), client.request('produce', camera)])
  return replies.map(({ producerId }) => producerId)
}
