import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { listenOverHttp } from '../../listen-over-http.ts'
import { ROOT } from './stack-file.ts'

/** The exit code of the health check of the images, asked of a process that answers so. */
async function healthOf(t: TestContext, answer: RequestListener): Promise<number | null> {
  return checkAt(await listenOverHttp(t, answer))
}

function checkAt(port: number): Promise<number | null> {
  const env = { ...process.env, PORT: `${port}`, TLS_FOLDER: '' }
  const child = execFile(process.execPath, [join(ROOT, 'infra-swarm/health-check.mjs')], { env })
  return new Promise((resolve) => child.once('exit', resolve))
}

test('[Z19] a process that answers /health is well, whether or not it is ready', async (t) => {
  assert.equal(await healthOf(t, ({ url }, answer) => void answer.writeHead(url === '/health' ? 200 : 503).end()), 0)
})

test('[Z19] a process that answers otherwise, or nobody, is not well', async (t) => {
  assert.equal(await healthOf(t, (_, answer) => void answer.writeHead(503).end()), 1)
  assert.equal(await checkAt(1), 1)
})
