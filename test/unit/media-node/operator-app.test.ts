import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOperatorApp, createPublicApp } from '../../../media-node/http.ts'
import { createLogger } from '../../../shared/logging.ts'
import { SettableClock } from '../shared/settable-clock.ts'

const logger = createLogger({ name: 'test', level: 'silent' })

function operatorApp(make: () => Promise<string>) {
  const clock = new SettableClock()
  let asked = 0
  const count = () => {
    asked += 1
    return make()
  }
  const parts = { stats: async () => ({ said: await count() }), metrics: count, metricsType: 'text/plain' }
  return { app: createOperatorApp({ ...parts, clock, logger }), clock, asked: () => asked }
}

for (const path of ['/metrics', '/stats']) {
  test(`[M456] ${path} is made once a second, however many ask and however long it takes`, async () => {
    const { promise, resolve } = Promise.withResolvers<string>()
    const { app, clock, asked } = operatorApp(() => promise)
    const early = [app.request(path), app.request(path)]
    clock.advance(5_000)
    const late = app.request(path)
    resolve('figures')
    const texts = await Promise.all([...early, late].map(async (answer) => (await answer).text()))
    assert.deepEqual([new Set(texts).size, asked()], [1, 1])
    assert.match(texts[0] ?? '', /figures/)
    await (await app.request(path)).text()
    clock.advance(999)
    await app.request(path)
    assert.equal(asked(), 2)
    clock.advance(1)
    await app.request(path)
    assert.equal(asked(), 3)
  })

  test(`[M456] a failure of ${path} is not tried again within the second either`, async () => {
    const { app, clock, asked } = operatorApp(() => Promise.reject(new Error('a fault')))
    for (let tries = 0; tries < 10; tries++) assert.equal((await app.request(path)).status, 500)
    assert.equal(asked(), 1)
    clock.advance(1_000)
    await app.request(path)
    assert.equal(asked(), 2)
  })

  test(`[M457] the port of signalling does not answer ${path}`, async () => {
    const app = createPublicApp({ nodeId: 'node', ready: () => true, registry: () => 'reachable', logger })
    assert.equal((await app.request(path)).status, 404)
    assert.deepEqual(await (await app.request('/health')).json(), { status: 'ok', nodeId: 'node' })
    assert.deepEqual(await (await app.request('/ready')).json(), { ready: true, registry: 'reachable' })
  })
}
