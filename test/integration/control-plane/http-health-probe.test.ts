import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type TestContext, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { HealthProbes } from '../../../control-plane/health-probes.ts'
import { httpHealthProbe } from '../../../control-plane/http-health-probe.ts'
import { systemClock } from '../../../shared/clock.ts'
import { holdThisThread } from '../../hold-this-thread.ts'
import { listenOverHttp } from '../../listen-over-http.ts'

/** What listens for one test; answers the signalling URL that a media node there would have. */
async function listen(t: TestContext, answer: RequestListener): Promise<string> {
  return `ws://127.0.0.1:${await listenOverHttp(t, answer)}/v1/signalling`
}

const json =
  (body: object, status = 200): RequestListener =>
  (_, answer) =>
    void answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

const probe = (url: string) => httpHealthProbe({ nodeId: 'node-1', url })

test('[A16] a media node whose /health answers lives', async (t) => {
  const asked: unknown[] = []
  const url = await listen(t, (request, answer) => {
    asked.push(request.url)
    json({ status: 'ok' })(request, answer)
  })
  assert.equal(await probe(url), 'ok')
  assert.equal(await probe(url.replace('/v1', '/behind/v1')), 'ok')
  assert.deepEqual(asked, ['/health', '/behind/health'])
})

test('[A24] a media node that has an address inside is asked there, and not through a proxy', async (t) => {
  const url = await listen(t, json({ status: 'ok' }))
  const internalUrl = new URL('/', url.replace('ws:', 'http:')).href
  assert.equal(
    await httpHealthProbe({ nodeId: 'node-1', url: 'wss://calls.invalid/media/a/v1/signalling', internalUrl }),
    'ok',
  )
})

test('[A16] whoever answers under another id is not that media node', async (t) => {
  assert.equal(await probe(await listen(t, json({ status: 'ok', nodeId: 'node-1' }))), 'ok')
  assert.equal(await probe(await listen(t, json({ status: 'ok', nodeId: 'node-2' }))), 'refused')
})

test('[A17] where nobody listens the connection is refused', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address && typeof address === 'object')
  server.close()
  await once(server, 'close')
  assert.equal(await probe(`ws://127.0.0.1:${address.port}/v1/signalling`), 'refused')
})

test('[A17] one that takes connections and does not answer, or answers with something else, is silent', async (t) => {
  assert.equal(await probe(await listen(t, () => undefined)), 'silent')
  assert.equal(await probe(await listen(t, json({ status: 'ok' }, 502))), 'silent')
  assert.equal(await probe(await listen(t, (_, answer) => void answer.end('not json'))), 'silent')
  assert.equal(await probe(await listen(t, (request) => void request.socket.destroy())), 'silent')
  assert.equal(await probe('wss://no-such-host.invalid/v1/signalling'), 'silent')
  assert.equal(await probe('no url'), 'silent')
})

const ANSWERING_THREAD = `
const { parentPort } = require('node:worker_threads')
const server = require('node:http').createServer((_, answer) => answer.end('{"status":"ok"}'))
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))
`

test('[A68] a control plane that had no processor does not take a media node that answered for silent', async (t) => {
  const thread = new Worker(ANSWERING_THREAD, { eval: true })
  t.after(() => thread.terminate())
  const [message] = await once(thread, 'message')
  const node = { nodeId: 'node-1', url: `ws://127.0.0.1:${z.int().parse(message)}/v1/signalling` }
  const probes = new HealthProbes({ probe: httpHealthProbe, clock: systemClock, onAnswer: () => undefined })
  const asking = probes.ask(node, 400)
  await new Promise(setImmediate)
  holdThisThread(1_000)
  assert.equal((await asking).answer, 'ok')
})
