import assert from 'node:assert/strict'
import { createApp } from '../../../control-plane/app.ts'
import { createMetrics } from '../../../control-plane/metrics.ts'
import { controlPlaneSettings } from '../../../control-plane/settings.ts'
import { generateSigningKeys, readSigningKeys } from '../../../control-plane/signing-keys.ts'
import { problem } from '../../../shared/api.ts'
import { createLogger } from '../../../shared/logging.ts'
import type { KnownNode, NodeReport } from '../../../shared/node-registry/node-registry.ts'
import type { ErrorCode } from '../../../shared/protocol/error-code.ts'
import { readSettings } from '../../../shared/settings.ts'
import { SettableClock } from '../shared/settable-clock.ts'
import { MemoryNodeRegistry } from './memory-node-registry.ts'
import { MemoryRoomStore } from './memory-room-store.ts'
import { MemoryTranscriptStore } from './memory-transcript-store.ts'
import { ScriptedHealth } from './scripted-health.ts'

const signingKeys = await readSigningKeys(await generateSigningKeys())

/** The header by which a test says where a request comes from, as a connection would. */
export const ADDRESS_HEADER = 'x-test-address'

export const nodeReport = (nodeId: string, other: Partial<NodeReport> = {}): NodeReport => ({
  nodeId,
  url: `wss://${nodeId}.example/`,
  region: 'eu',
  version: '0.1.0',
  load: 0.5,
  rooms: 1,
  participants: 2,
  draining: false,
  openedRooms: [],
  ...other,
})

/** What a heartbeat of `nodeReport` is known by, with nothing reserved. */
export const knownNode = (nodeId: string, other: Partial<KnownNode> = {}): KnownNode => {
  const { openedRooms, ...report } = nodeReport(nodeId)
  return { ...report, ageMs: 0, reservations: 0, firmReservations: 0, ...other }
}

/** The app on stores in memory, under a clock that the test moves. */
export function testControlPlane(env: Readonly<Record<string, string>> = {}) {
  const clock = new SettableClock()
  const rooms = new MemoryRoomStore(clock)
  const registry = new MemoryNodeRegistry(clock)
  const transcripts = new MemoryTranscriptStore(clock)
  const health = new ScriptedHealth()
  const app = createApp({
    rooms,
    registry,
    transcripts,
    probe: health.probe,
    clock,
    signingKeys,
    metrics: createMetrics(),
    logger: createLogger({ name: 'test', level: 'silent' }),
    settings: readSettings(controlPlaneSettings, env),
    addressOf: (c) => c.req.header(ADDRESS_HEADER) ?? '192.0.2.1',
  })
  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    app.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return { app, clock, rooms, registry, transcripts, health, signingKeys, post }
}

/** Checks that an answer is problem details (RFC 9457) of this code, as documented, and gives them back. */
export async function assertProblem(answer: Response, status: number, code: ErrorCode) {
  const details = problem.parse(await answer.json())
  assert.equal(details.code, code, details.detail)
  assert.equal(answer.status, status)
  assert.equal(details.status, status)
  assert.equal(answer.headers.get('content-type'), 'application/problem+json')
  assert.equal(details.requestId, answer.headers.get('x-request-id'))
  return details
}
