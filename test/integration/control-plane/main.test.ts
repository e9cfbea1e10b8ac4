import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, type TestContext, test } from 'node:test'
import { type Child, startChild } from '../../../dev/child.ts'
import { joinAnswer } from '../../../shared/api.ts'
import { redisNodeRegistry } from '../../../shared/node-registry/redis-node-registry.ts'
import { remoteKeys, verifyJoinToken } from '../../../shared/token.ts'
import { nodeReport } from '../../unit/control-plane/test-control-plane.ts'
import { startStores } from './stores.ts'

const MAIN = join(import.meta.dirname, '../../../control-plane/main.ts')

type Started = { readonly child: Child; readonly url: string; readonly lines: readonly string[] }

/** Starts the real process for one test. Resolves when it listens, or rejects when it ends before. */
async function startMain(t: TestContext, env: Readonly<Record<string, string>>): Promise<Started> {
  return launch(env, (child) => t.after(() => child.stop()))
}

async function launch(
  env: Readonly<Record<string, string>>,
  onStarted: (child: Child) => void = () => undefined,
): Promise<Started> {
  const { promise: listening, resolve, reject } = Promise.withResolvers<string>()
  const lines: string[] = []
  const child = await startChild({
    name: 'control-plane',
    command: [process.execPath, MAIN],
    env: { PATH: process.env['PATH'], PORT: '0', ...env },
    onLine: (line) => {
      lines.push(line)
      if (line.includes('"listening"')) resolve(JSON.parse(line).url)
    },
  })
  onStarted(child)
  child.exited.then(({ code }) => reject(new Error(`ended with ${code}:\n${lines.join('\n')}`)))
  return { child, url: await listening, lines }
}

const postJson = (url: string, body: unknown) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

describe('the control plane as a process', () => {
  let stores: Awaited<ReturnType<typeof startStores>>
  let folder: string
  let shared: Started
  before(async () => {
    stores = await startStores()
    folder = await mkdtemp(join(tmpdir(), 'jbcalling-page-'))
    await mkdir(join(folder, 'assets'))
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>JBCalling</title>')
    await writeFile(join(folder, 'assets', 'app-1a2b.js'), 'export {}')
    shared = await launch({ ...stores.env, PAGE_DIR: folder, SIGNING_KEY_FILE: join(`${folder}-keys`, 'keys.json') })
  })
  after(async () => {
    await shared.child.stop()
    await stores.stop()
    for (const made of [folder, `${folder}-keys`]) await rm(made, { recursive: true })
  })

  test('[P1] it makes and joins rooms, and its tokens are checked with the keys it publishes', async (t) => {
    const { url } = shared
    const registry = redisNodeRegistry({ url: stores.redis.url })
    t.after(() => registry.close())
    await registry.heartbeat(nodeReport('node-1'))
    assert.equal((await postJson(`${url}/v1/rooms`, { roomId: 'standup' })).status, 201)
    const answer = await postJson(`${url}/v1/rooms/standup/join`, { displayName: 'Ada' })
    const { token } = joinAnswer.parse(await answer.json())
    const keys = remoteKeys(`${url}/.well-known/jwks.json`)
    const grant = await verifyJoinToken(token, { keys, nodeId: 'node-1', now: Date.now() })
    assert.equal(grant.roomId, 'standup')
    assert.equal((await fetch(`${url}/ready`)).status, 200)
  })

  test('[P2] SIGTERM ends it in order, with nothing left over', async (t) => {
    const { child, lines } = await startMain(t, stores.env)
    process.kill(child.pid, 'SIGTERM')
    assert.deepEqual(await child.exited, { code: 0, signal: null })
    assert.ok(lines.some((line) => line.includes('"stopped"')))
  })

  test('[P2] a request that does not end holds it up until the deadline and no longer', async (t) => {
    const { child, url, lines } = await startMain(t, { ...stores.env, SHUTDOWN_DEADLINE_MS: '50' })
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    t.after(() => socket.destroy())
    socket.on('error', () => undefined)
    const head =
      'POST /v1/rooms HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\nexpect: 100-continue\r\n\r\n'
    await new Promise((resolve) => {
      // The answer to `expect` shows that the request is under way.
      socket.once('data', resolve)
      socket.write(head)
    })
    process.kill(child.pid, 'SIGTERM')
    assert.deepEqual(await child.exited, { code: 0, signal: null })
    assert.ok(lines.some((line) => line.includes('cut off at the deadline')))
  })

  test('[P3] settings that do not fit stop it with a sentence each, and a taken port with another', async (t) => {
    const { url } = shared
    await Promise.all([
      assert.rejects(startMain(t, { HOST: '0.0.0.0', PORT: 'x' }), /ended with 1:\n.*\n {2}PORT: /),
      assert.rejects(startMain(t, { SIGNING_KEY: 'secret' }), /must be an Ed25519 JWK/),
      assert.rejects(startMain(t, { PORT: new URL(url).port }), /cannot listen on .*; set HOST and PORT/),
    ])
  })

  test('[P4] it serves the page, keeps what never changes and asks again for what may', async () => {
    const { url } = shared
    const page = await fetch(`${url}/`)
    assert.match(await page.text(), /<title>JBCalling/)
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
    assert.equal(page.headers.get('cache-control'), 'no-cache')
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'self'/)
    const asset = await fetch(`${url}/assets/app-1a2b.js`)
    assert.match(asset.headers.get('content-type') ?? '', /javascript/)
    assert.match(asset.headers.get('cache-control') ?? '', /immutable/)
    const link = await fetch(`${url}/room/standup`, { headers: { accept: 'text/html,*/*' } })
    assert.match(await link.text(), /<title>JBCalling/)
    for (const path of ['/assets/none.js', '/none', '/v1/none']) {
      assert.equal((await fetch(`${url}${path}`)).status, 404, path)
    }
    assert.equal((await fetch(`${url}/v1/none`, { headers: { accept: 'text/html' } })).status, 404)
  })

  test('[P4] nothing outside the page is served', async () => {
    const { url } = shared
    for (const path of ['/../package.json', '/assets/..%2f..%2fetc/passwd', '/%2e%2e/%2e%2e/etc/passwd']) {
      const { status } = await rawRequest(url, path, {})
      assert.equal(status, 404, path)
    }
  })

  test('[P4] without a built page it says how to build one', async (t) => {
    const { url } = await startMain(t, { ...stores.env, PAGE_DIR: join(folder, 'none') })
    const page = await fetch(`${url}/`)
    assert.equal(page.status, 503)
    assert.match(await page.text(), /npm start/)
    assert.equal((await fetch(`${url}/health`)).status, 200)
  })

  test('[P5] a body over the limit is refused over a real connection, whatever it says of its length', async () => {
    const { url } = shared
    const body = JSON.stringify({ metadata: { a: 'x'.repeat(100_000) } })
    const headers = { 'content-type': 'application/json' }
    const told = await rawRequest(url, '/v1/rooms', {
      body,
      headers: { ...headers, 'content-length': `${body.length}` },
    })
    const chunked = await rawRequest(url, '/v1/rooms', {
      body,
      headers: { ...headers, 'transfer-encoding': 'chunked' },
    })
    assert.deepEqual([told.status, chunked.status], [413, 413])
    assert.equal((await fetch(`${url}/health`)).status, 200)
  })

  test('[L3] callers are told apart by their connection', async (t) => {
    const { url } = await startMain(t, { ...stores.env, RATE_LIMIT_PER_MINUTE: '1' })
    const call = (forwarded: string) => fetch(`${url}/v1/nodes`, { headers: { 'x-forwarded-for': forwarded } })
    assert.equal((await call('198.51.100.1')).status, 200)
    assert.equal((await call('198.51.100.2')).status, 429)
  })
})

/** A request as it is given: `fetch` would tidy its path and its headers. */
function rawRequest(
  url: string,
  path: string,
  { body, headers = {} }: { readonly body?: string; readonly headers?: Readonly<Record<string, string>> },
): Promise<{ readonly status: number | undefined; readonly headers: IncomingHttpHeaders }> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST'
    const sent = request({ hostname, port, path, method, headers: { ...headers } }, async (answer) => {
      await text(answer)
      resolve({ status: answer.statusCode, headers: answer.headers })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
