import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import manifest from '../package.json' with { type: 'json' }
import type { AliveNode, FleetRegistry } from '../shared/node-registry/node-registry.ts'
import { sharedFor } from '../shared/shared-answer.ts'
import type { ControlPlaneParts } from './control-plane-parts.ts'
import type { KnownFleet } from './known-fleet.ts'
import type { FleetFigures } from './metrics.ts'
import { jsonAnswer } from './route-shapes.ts'
import { publicKey } from './signing-keys.ts'

/** Media nodes fetch the keys again at least this often, so a new key is known before it signs. */
const JWKS_MAX_AGE_SECONDS = 60

const dependency = z.enum(['ok', 'unavailable'])
const health = z.object({ status: z.literal('ok') })
const readinessAnswer = z.object({ ready: z.boolean(), registry: dependency, roomStore: dependency })
const fleetSums = z.object({
  nodes: z.int(),
  draining: z.int(),
  rooms: z.int(),
  participants: z.int(),
  highestLoad: z.number(),
  reservations: z.int().meta({ description: 'Rooms placed whose opening no media node has told yet' }),
  oldestHeartbeatMs: z.int(),
})
const stats = z.object({
  version: z.string(),
  uptimeSeconds: z.int(),
  fleet: fleetSums.nullable().meta({ description: 'null while the registry is away' }),
})
const jwks = z.object({ keys: z.array(publicKey) })

/** For as long one answer serves whoever asks: reading the fleet costs the registry more the larger it is. */
const ANSWER_TTL_MS = 1_000

/** What operators and media nodes look at; nothing here names a room or a person. */
export function operationRoutes(parts: ControlPlaneParts, fleet: KnownFleet) {
  const { clock, metrics, registry, rooms, signingKeys } = parts
  const startedAt = clock.now()
  const metricsText = sharedFor(ANSWER_TTL_MS, clock, async () => {
    metrics.fleetSeen(await fleetFigures(fleet, registry))
    return metrics.text()
  })
  const summary = sharedFor(ANSWER_TTL_MS, clock, async () => {
    const uptimeSeconds = Math.floor((clock.now() - startedAt) / 1_000)
    const figures = await fleet.alive().then(sums, () => null)
    return { version: manifest.version, uptimeSeconds, fleet: figures }
  })
  // Not for longer than it takes: whoever asks after something came back is told so.
  const readiness = sharedFor(0, clock, () => Promise.all([stateOf(registry.ping()), stateOf(rooms.ping())]))

  return new OpenAPIHono()
    .openapi(
      createRoute({
        method: 'get',
        path: '/health',
        summary: 'Is the process alive',
        responses: { 200: jsonAnswer(health, 'It is') },
      }),
      (c) => c.json({ status: 'ok' as const }, 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/ready',
        summary: 'Can rooms be made and joined',
        responses: {
          200: jsonAnswer(readinessAnswer, 'They can'),
          503: jsonAnswer(readinessAnswer, 'Something is away'),
        },
      }),
      async (c) => {
        const [registryState, roomStore] = await readiness()
        const ready = registryState === 'ok' && roomStore === 'ok'
        return c.json({ ready, registry: registryState, roomStore }, ready ? 200 : 503)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/metrics',
        summary: 'Metrics for Prometheus',
        responses: { 200: { description: 'Text format', content: { 'text/plain': { schema: z.string() } } } },
      }),
      async (c) => {
        return c.text(await metricsText(), 200, { 'content-type': metrics.contentType })
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/stats',
        summary: 'A summary for people',
        responses: { 200: jsonAnswer(stats, 'The summary') },
      }),
      async (c) => {
        return c.json(await summary(), 200)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/.well-known/jwks.json',
        summary: 'The public keys that check join tokens',
        responses: { 200: jsonAnswer(jwks, 'A JWKS (RFC 7517)') },
      }),
      (c) => {
        c.header('cache-control', `public, max-age=${JWKS_MAX_AGE_SECONDS}`)
        return c.json(signingKeys.jwks, 200)
      },
    )
}

function stateOf(ping: Promise<void>): Promise<z.infer<typeof dependency>> {
  return ping.then(
    () => 'ok',
    () => 'unavailable',
  )
}

async function fleetFigures(fleet: KnownFleet, registry: Pick<FleetRegistry, 'ping'>): Promise<FleetFigures> {
  const { placedFromMemory } = fleet
  try {
    const asked = [fleet.alive(), fleet.expiredReservations(), registry.ping()] as const
    const [nodes, expiredReservations] = await Promise.all(asked)
    const { nodes: alive, draining, ...rest } = sums(nodes)
    const load = meanLoad(nodes.filter((node) => !node.draining))
    return { placedFromMemory, registry: { ...rest, active: alive - draining, draining, load, expiredReservations } }
  } catch {
    return { placedFromMemory, registry: undefined }
  }
}

/** 1 where none takes rooms: such a fleet is to grow. */
function meanLoad(nodes: readonly AliveNode[]): number {
  return nodes.length === 0 ? 1 : nodes.reduce((total, { load }) => total + load, 0) / nodes.length
}

function sums(nodes: readonly AliveNode[]): z.infer<typeof fleetSums> {
  const sum = (of: (node: AliveNode) => number) => nodes.reduce((total, node) => total + of(node), 0)
  const highest = (of: (node: AliveNode) => number) => nodes.reduce((most, node) => Math.max(most, of(node)), 0)
  return {
    nodes: nodes.length,
    draining: nodes.filter(({ draining }) => draining).length,
    rooms: sum(({ rooms }) => rooms),
    participants: sum(({ participants }) => participants),
    highestLoad: highest(({ load }) => load),
    reservations: sum(({ reservations }) => reservations),
    oldestHeartbeatMs: highest(({ ageMs }) => ageMs),
  }
}
