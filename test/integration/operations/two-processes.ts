import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { z } from 'zod'
import { type Child, startChild } from '../../../dev/child.ts'
import { joinAnswer } from '../../../shared/api.ts'
import { startStores } from '../control-plane/stores.ts'
import { capabilities } from '../media-node/rtp.ts'
import { TestClient } from '../media-node/test-client.ts'
import { until } from '../media-node/until.ts'
import { HeardLines } from './heard-lines.ts'

const ROOT = join(import.meta.dirname, '../../..')

export type JoinedFromOutside = {
  readonly client: TestClient
  readonly answer: z.infer<typeof joinAnswer>
  readonly response: Response
}

/** A control plane and a media node as the processes that an operator runs, on real stores. */
export type TwoProcesses = {
  readonly urls: { readonly controlPlane: string; readonly mediaNode: string }
  /** What each has logged so far, as it was written. */
  readonly lines: { readonly controlPlane: readonly string[]; readonly mediaNode: readonly string[] }
  readonly mediaNodeProcess: Child
  metrics(which: 'controlPlane' | 'mediaNode'): Promise<string>
  /** Makes the room if need be, joins it and receives what there is. */
  join(roomId: string, displayName: string, headers?: Readonly<Record<string, string>>): Promise<JoinedFromOutside>
  stop(): Promise<void>
}

export async function startTwoProcesses(env: Readonly<Record<string, string>> = {}): Promise<TwoProcesses> {
  await using parts = new AsyncDisposableStack()
  const stores = await startStores()
  parts.defer(() => stores.stop())
  const spool = await mkdtemp(join(tmpdir(), 'jbcalling-spool-'))
  parts.defer(() => rm(spool, { recursive: true }))
  const heard = { controlPlane: new HeardLines(), mediaNode: new HeardLines() }
  const start = async (script: string, lines: HeardLines, own: Readonly<Record<string, string>>) => {
    const child = await startChild({
      name: script,
      command: [process.execPath, join(ROOT, script)],
      env: { ...process.env, ...stores.env, LOG_LEVEL: 'debug', PORT: '0', ...own, ...env },
      onLine: lines.add,
    })
    parts.defer(async () => void (await child.stop()))
    return child
  }
  await start('control-plane/main.ts', heard.controlPlane, {})
  const controlPlane = await heard.controlPlane.first(/"url":"(http:[^"]+)".*"listening"/)
  const mediaNodeProcess = await start('media-node/main.ts', heard.mediaNode, {
    NODE_ID: `node-${randomUUID()}`,
    METRICS_PORT: '0',
    MEDIA_PORT: '0',
    WORKERS: '1',
    CAPTION_LANES: '1',
    TRANSLATOR: 'none',
    TRANSCRIPT_SPOOL_DIR: spool,
    DRAIN_DEADLINE_SECONDS: '0',
    JWKS_URL: `${controlPlane}/.well-known/jwks.json`,
  })
  const port = await heard.mediaNode.first(/"port":(\d+).*takes participants/)
  const metricsPort = await heard.mediaNode.first(/"metricsPort":(\d+).*takes participants/)
  const urls = { controlPlane, mediaNode: `http://127.0.0.1:${port}` }
  const operators = { controlPlane, mediaNode: `http://127.0.0.1:${metricsPort}` }
  await until(async () => {
    const { nodes } = await (await fetch(`${controlPlane}/v1/nodes`)).json()
    if (nodes.length === 0) throw new Error('the media node has not been heard of')
  })
  const post = (path: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${controlPlane}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  const owned = parts.move()
  return {
    urls,
    lines: { controlPlane: heard.controlPlane.all, mediaNode: heard.mediaNode.all },
    mediaNodeProcess,
    metrics: async (which) => (await fetch(`${operators[which]}/metrics`)).text(),
    async join(roomId, displayName, headers) {
      await post('/v1/rooms', { roomId, emptyTimeoutSeconds: 0 })
      const response = await post(`/v1/rooms/${roomId}/join`, { displayName }, headers)
      const answer = joinAnswer.parse(await response.json())
      const client = await new TestClient(answer.url, { token: answer.token }).opened()
      await client.next('welcome')
      await client.request('receive', { rtpCapabilities: capabilities })
      return { client, answer, response }
    },
    stop: () => owned.disposeAsync(),
  }
}
