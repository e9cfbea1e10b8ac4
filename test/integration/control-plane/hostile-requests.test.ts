import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { startChild } from '../../../dev/child.ts'
import { httpCampaign } from '../../fuzz/http/http-campaign.ts'
import { until } from '../media-node/until.ts'
import { startStores } from './stores.ts'

const MAIN = join(import.meta.dirname, '../../../control-plane/main.ts')

test('[L74] hostile requests of every kind are answered with documented problems in every mode, and leave nothing behind', async (t) => {
  const report = await httpCampaign.run({
    seed: 12,
    forMs: 20_000,
    most: 6_000,
    progress: (line) => t.diagnostic(line),
  })
  assert.deepEqual(report.problems, [])
  assert.ok(Object.values(report.sent).every((count) => count > 0))
})

test('[L75] a caller who breaks off a request is no error of ours', async (t) => {
  const stores = await startStores()
  t.after(() => stores.stop())
  const { promise: listening, resolve } = Promise.withResolvers<string>()
  const lines: string[] = []
  const child = await startChild({
    name: 'control-plane',
    command: [process.execPath, MAIN],
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'debug', ...stores.env },
    onLine(line) {
      lines.push(line)
      if (line.includes('"listening"')) resolve(JSON.parse(line).url)
    },
  })
  t.after(() => child.stop())
  const url = await listening
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  t.after(() => socket.destroy())
  const head = [
    'POST /v1/rooms HTTP/1.1',
    'host: localhost',
    'content-type: application/json',
    'transfer-encoding: chunked',
  ]
  socket.write(`${head.join('\r\n')}\r\nexpect: 100-continue\r\n\r\n`)
  // The answer to `expect` shows that the request is under way.
  socket.once('data', () => socket.destroy())
  await until(async () => assert.ok(lines.some((line) => line.includes('request answered'))))
  assert.deepEqual(
    lines.filter((line) => /"level":(50|60)/.test(line)),
    [],
  )
  assert.match(await (await fetch(`${url}/metrics`)).text(), /jbcalling_refusals_total\{code="internal"\} 0\n/)
})
