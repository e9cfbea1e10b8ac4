import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { parse } from 'yaml'
import { z } from 'zod'
import { nodeRoutesDocument } from '../../../control-plane/node-routes-document.ts'
import { checkProperty } from '../../check-property.ts'
import { renderTemplate } from './go-template.ts'
import { exampleEnvironment, ROOT, readStack } from './stack-file.ts'

const { services, configs } = readStack(exampleEnvironment())
const read = (path: string) => readFileSync(join(ROOT, 'infra-swarm', path), 'utf8')
const rendered = (path: string) => parse(renderTemplate(read(path), { DOMAIN: 'calls.example' }))

const TURN = read('coturn/turnserver.conf')

const traefik = z
  .object({
    entryPoints: z.object({ websecure: z.object({ address: z.literal(':443'), asDefault: z.literal(true) }) }),
    providers: z.object({
      http: z.object({ endpoint: z.url(), pollInterval: z.string(), headers: z.record(z.string(), z.string()) }),
    }),
  })
  .parse(rendered('traefik/traefik.yml'))

test('[Z17] Traefik asks the control plane each second how media nodes are reached, with its key', () => {
  const { endpoint, pollInterval, headers } = traefik.providers.http
  const { hostname, port, pathname } = new URL(endpoint)
  assert.ok(services[hostname])
  assert.deepEqual([port, pathname, pollInterval], ['8080', '/v1/nodes/routes', '1s'])
  assert.deepEqual(headers, { Authorization: 'Bearer the secret routes-key' })
})

const controlPlaneRouter = z
  .object({
    http: z.object({ routers: z.object({ 'control-plane': z.object({ rule: z.string(), priority: z.int() }) }) }),
  })
  .parse(rendered('traefik/routes.yml')).http.routers['control-plane']

const INSIDE = ['/metrics', '/stats', '/ready', '/v1/nodes/routes']

/** Whether Traefik gives this path to the control plane: it looks at the path as it is decoded, and goes no steps in it. */
function reachesControlPlane(path: string): boolean {
  const [host, ...refused] = controlPlaneRouter.rule.split(' && ')
  assert.equal(host, 'Host(`calls.example`)')
  return refused.every((part) => {
    const [, kind, text = ''] = /^!(Path|PathRegexp)\(`([^`]+)`\)$/.exec(part) ?? assert.fail(part)
    const decoded = decodeURIComponent(path)
    return kind === 'Path' ? decoded !== text : !new RegExp(text).test(decoded)
  })
}

test('[Z17] what operators look at, and the routes, cannot be reached from the outside', () => {
  for (const path of INSIDE) assert.ok(!reachesControlPlane(path), path)
  for (const path of ['/', '/v1/rooms/tea', '/.well-known/jwks.json', '/assets/a..b.js']) {
    assert.ok(reachesControlPlane(path), path)
  }
})

test('[Z17] nor by any other way of writing their paths that the control plane understands', async (t) => {
  const words = ['.', '..', '%2e', '%2E.', '', 'a', 'metrics', '%6detrics', 'stats', 'ready', 'v1', 'nodes', 'routes']
  const paths = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 6 }).map((each) => `/${each.join('/')}`)
  const understood = (path: string) => decodeURIComponent(new URL(`http://control-plane${path}`).pathname)
  const property = fc.property(paths, (path) => !INSIDE.includes(understood(path)) || !reachesControlPlane(path))
  await checkProperty(t, 5_000, property)
})

test('[Z17] the way to a media node comes before the way to the control plane, whichever rule is longer', () => {
  const node = { nodeId: 'a', url: 'wss://a/v1/signalling', internalUrl: 'http://10.0.1.7:8081' }
  const { routers = {} } = nodeRoutesDocument([node]).http
  // Traefik takes the length of a rule for its priority where none is given.
  for (const { rule } of Object.values(routers)) assert.ok(rule.length > controlPlaneRouter.priority)
  assert.equal(controlPlaneRouter.priority, 1)
})

test('[Z17] a template is given every secret and every variable that it names', () => {
  for (const [name, { configs: mounted, secrets, environment }] of Object.entries(services)) {
    for (const { source } of mounted) {
      const { file = '' } = configs[source] ?? {}
      if (!/^(traefik|coturn|redis)\//.test(file)) continue
      const text = read(file)
      for (const [, secret = ''] of text.matchAll(/\{\{ secret "([^"]+)" \}\}/g)) {
        assert.ok(secrets.includes(secret), `${name}: ${secret}`)
        assert.equal(configs[source]?.template_driver, 'golang', file)
      }
      for (const [, variable = ''] of text.matchAll(/\benv "([^"]+)"/g)) {
        assert.ok(variable in environment, `${name}: ${variable}`)
      }
      for (const [, secret = ''] of text.matchAll(/\/run\/secrets\/([\w-]+)/g))
        assert.ok(secrets.includes(secret), secret)
    }
  }
})

test("[Z66] Traefik takes nobody's word for the address of a caller, so that one proxy is what is counted on", () => {
  // By default Traefik removes what a caller sent as X-Forwarded-For, and writes the address it sees.
  const { entryPoints } = z
    .object({ entryPoints: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse(rendered('traefik/traefik.yml'))
  for (const [name, entryPoint] of Object.entries(entryPoints)) {
    for (const trust of ['forwardedHeaders', 'proxyProtocol']) assert.ok(!(trust in entryPoint), `${name}: ${trust}`)
  }
  for (const name of ['control-plane', 'media-node', 'media-node-b']) {
    assert.equal(services[name]?.environment['PROXY_HOPS'], '1', name)
  }
})

test('[Z69] Prometheus asks media nodes at a port of their own, which Traefik never leads to and no host publishes', () => {
  const scraped = z.object({
    scrape_configs: z.array(
      z.object({ job_name: z.string(), dns_sd_configs: z.array(z.object({ port: z.int() })).default([]) }),
    ),
  })
  const { scrape_configs } = scraped.parse(parse(read('prometheus/prometheus.yml')))
  const [port] = scrape_configs.find(({ job_name }) => job_name === 'media-node')?.dns_sd_configs ?? []
  for (const name of ['media-node', 'media-node-b']) {
    const { environment = {}, ports = [] } = services[name] ?? {}
    assert.deepEqual([environment['METRICS_HOST'], environment['METRICS_PORT']], ['0.0.0.0', `${port?.port}`], name)
    assert.ok(!ports.some(({ target }) => target === port?.port), name)
    assert.notEqual(new URL(environment['INTERNAL_URL'] ?? '').port, `${port?.port}`, name)
  }
})

test('[Z18] the relay knows the secret that the control plane makes credentials with', () => {
  assert.match(TURN, /^use-auth-secret\nstatic-auth-secret=\{\{ secret "turn-secret" \}\}$/m)
  assert.equal(services['control-plane']?.environment['TURN_SECRET_FILE'], '/run/secrets/turn-secret')
})

test('[Z18] the relay reaches no address but those that it is started with, whatever version of coturn it is', () => {
  assert.match(TURN, /^denied-peer-ip=0\.0\.0\.0-255\.255\.255\.255$/m)
  assert.match(TURN, /^denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff$/m)
  assert.doesNotMatch(TURN, /^(allowed-peer-ip|allow-loopback-peers)/m)
  const { entrypoint, environment } = services['coturn'] ?? {}
  assert.deepEqual(entrypoint, ['sh', '/etc/coturn/start.sh'])
  assert.ok('TURN_MEDIA_ADDRESSES' in (environment ?? {}))
})

test('[Z67] each relay has a rate, and there are no more of them than ports', () => {
  const number = (name: string) => Number(new RegExp(`^${name}=(\\d+)$`, 'm').exec(TURN)?.[1])
  assert.equal(number('total-quota'), number('max-port') - number('min-port') + 1)
  assert.ok(number('user-quota') * 2 < number('total-quota'))
  assert.ok(number('max-bps') <= 2_500_000)
})

test('[Z7] the server with DynamoDB API that may be added has a pinned version and a place for its data', () => {
  const text = read('stack.dynamodb.yml')
  assert.match(text, /image: \$\{DYNAMODB_IMAGE:-[a-z/]+:\d+\.\d+\.\d+\}/)
  assert.match(text, /constraints: \[node\.labels\.jbcalling\.data == true\]/)
})
