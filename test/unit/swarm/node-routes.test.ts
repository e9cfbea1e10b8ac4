import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { nodeRoutesDocument } from '../../../control-plane/node-routes-document.ts'
import { NODE_TTL_MS } from '../../../shared/node-registry/node-registry.ts'
import { assertProblem, nodeReport, testControlPlane } from '../control-plane/test-control-plane.ts'

const KEY = 'first-key-0123456789'
const WITH_KEY = { headers: { authorization: `Bearer ${KEY}` } }

/**
 * The part of Traefik 3's dynamic configuration that is used, by its documentation. Traefik refuses tables that are there
 * and empty ("cannot be a standalone element") and names that it does not know.
 */
const table = <S extends z.ZodType>(entry: S) =>
  z.record(z.string(), entry).refine((entries) => Object.keys(entries).length > 0, 'is empty')
const traefikConfiguration = z.strictObject({
  http: z.strictObject({
    routers: table(
      z.strictObject({ rule: z.string(), service: z.string(), middlewares: z.array(z.string()) }),
    ).optional(),
    services: table(
      z.strictObject({
        loadBalancer: z.strictObject({
          servers: z.array(z.strictObject({ url: z.url({ protocol: /^https?$/ }) })).nonempty(),
          passHostHeader: z.boolean(),
          serversTransport: z.string(),
        }),
      }),
    ).optional(),
    middlewares: table(z.strictObject({ replacePath: z.strictObject({ path: z.string() }) })),
    serversTransports: table(
      z.strictObject({ forwardingTimeouts: z.strictObject({ dialTimeout: z.string().regex(/^\d+s$/) }) }),
    ),
  }),
})

const said = (nodeId: string) => ({
  url: `wss://calls.example/media/${nodeId}/v1/signalling`,
  internalUrl: `http://${nodeId}.inside:8081`,
})
const report = (nodeId: string) => nodeReport(nodeId, said(nodeId))

async function routesOf({ app }: ReturnType<typeof testControlPlane>) {
  const answer = await app.request('/v1/nodes/routes', WITH_KEY)
  assert.equal(answer.status, 200)
  return traefikConfiguration.parse(await answer.json()).http
}

const guarded = () => testControlPlane({ AUTH_MODE: 'guests', API_KEYS: KEY, HOST: '0.0.0.0' })

test('[Z10] each living media node has a router for the address it registered, to where it is', async () => {
  const plane = guarded()
  await plane.registry.heartbeat(report('b'))
  await plane.registry.heartbeat(report('a'))
  const { routers, services, middlewares } = await routesOf(plane)
  assert.deepEqual(Object.keys(routers ?? {}), ['media-a', 'media-b'])
  assert.deepEqual(routers?.['media-a'], {
    rule: 'Host(`calls.example`) && Path(`/media/a/v1/signalling`)',
    service: 'media-a',
    middlewares: ['at-signalling'],
  })
  assert.deepEqual(services?.['media-a']?.loadBalancer.servers, [{ url: 'http://a.inside:8081' }])
  assert.deepEqual(middlewares, { 'at-signalling': { replacePath: { path: '/v1/signalling' } } })
})

test('[Z10] a browser does not wait long for a media node that has just died', async () => {
  const plane = guarded()
  await plane.registry.heartbeat(report('a'))
  const { services, serversTransports } = await routesOf(plane)
  const transport = services?.['media-a']?.loadBalancer.serversTransport ?? ''
  assert.equal(serversTransports[transport]?.forwardingTimeouts.dialTimeout, '1s')
})

test('[Z10] a media node has its route with its first heartbeat, and no route once it is taken for gone', async () => {
  const plane = guarded()
  const names = async () => Object.keys((await routesOf(plane)).routers ?? {})
  assert.deepEqual(await names(), [])
  await plane.registry.heartbeat(report('a'))
  assert.deepEqual(await names(), ['media-a'])
  plane.clock.advance(NODE_TTL_MS)
  await plane.registry.heartbeat(report('b'))
  assert.deepEqual(await names(), ['media-b'])
  await plane.registry.leave('b')
  assert.deepEqual(await names(), [])
})

test('[Z10] a media node that is drained keeps its route: its participants may come back until they have moved', async () => {
  const plane = guarded()
  await plane.registry.heartbeat({ ...report('a'), draining: true })
  assert.deepEqual(Object.keys((await routesOf(plane)).routers ?? {}), ['media-a'])
})

test('[Z11] the same fleet gives the same document, whatever it is doing', async () => {
  const plane = guarded()
  await plane.registry.heartbeat(report('a'))
  const before = await routesOf(plane)
  plane.clock.advance(500)
  await plane.registry.heartbeat({ ...report('a'), load: 0.9, rooms: 7, participants: 20 })
  assert.deepEqual(await routesOf(plane), before)
})

test('[Z11] while the registry is away the routes stay as they were', async () => {
  const plane = guarded()
  await plane.registry.heartbeat(report('a'))
  const before = await routesOf(plane)
  plane.registry.goAway()
  assert.deepEqual(await routesOf(plane), before)
})

test('[Z11] a control plane that has never seen the fleet says so, and takes no route away', async () => {
  const plane = guarded()
  plane.registry.goAway()
  await assertProblem(await plane.app.request('/v1/nodes/routes', WITH_KEY), 503, 'unavailable')
})

test('[Z12] nobody reads the routes without a key, not even where guests may join rooms', async () => {
  for (const AUTH_MODE of ['guests', 'api-key']) {
    const { app } = testControlPlane({ AUTH_MODE, API_KEYS: KEY, HOST: '0.0.0.0' })
    await assertProblem(await app.request('/v1/nodes/routes'), 401, 'unauthorized')
  }
})

test('[Z10] one that does not say where it is inside has no route, and no name makes a rule of its own', () => {
  const { internalUrl, ...plain } = { nodeId: 'plain', ...said('plain') }
  const sly = { nodeId: 'sly', ...said('sly'), url: 'wss://calls.example/`) || Path(`/' }
  const { http } = nodeRoutesDocument([plain, sly])
  assert.deepEqual(Object.keys(http.routers ?? {}), ['media-sly'])
  assert.match(http.routers?.['media-sly']?.rule ?? '', /^Host\(`[^`]+`\) && Path\(`[^`]+`\)$/)
})
