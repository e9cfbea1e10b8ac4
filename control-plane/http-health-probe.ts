import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { json } from 'node:stream/consumers'
import { z } from 'zod'
import { systemClock } from '../shared/clock.ts'
import { afterRunning } from '../shared/deadline.ts'
import { NODE_TTL_MS } from '../shared/node-registry/node-registry.ts'
import type { Probable, ProbeAnswer } from './health-probes.ts'

/**
 * A question that is not answered within this time is given up. By then whoever asks has judged the media node by its
 * heartbeats; until then it may answer late.
 */
export const PROBE_DEADLINE_MS = NODE_TTL_MS

const health = z.object({ nodeId: z.string().exactOptional() })

/** Asks a media node for its `/health`, over a connection of its own: one kept from before may outlive the process. */
export async function httpHealthProbe(node: Probable): Promise<ProbeAnswer> {
  try {
    const answered = health.parse(await get(healthUrl(node)))
    // Whoever took over the port of a media node that died is another one.
    return (answered.nodeId ?? node.nodeId) === node.nodeId ? 'ok' : 'refused'
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED' ? 'refused' : 'silent'
  }
}

/** Not through a proxy where there is another way; else `/health` beside `/v1/signalling`. */
function healthUrl({ url: signallingUrl, internalUrl }: Probable): URL {
  if (internalUrl !== undefined) return new URL('/health', internalUrl)
  const url = new URL('../health', signallingUrl)
  url.protocol = url.protocol === 'wss:' ? 'https:' : 'http:'
  return url
}

function get(url: URL): Promise<unknown> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent: false }, (answer) => {
      if (answer.statusCode === 200) json(answer).then(resolve, reject)
      else {
        answer.resume()
        reject(new Error(`answered ${answer.statusCode}`))
      }
    })
    const cancel = afterRunning(systemClock, PROBE_DEADLINE_MS, () => asked.destroy(new Error('no answer in time')))
    asked.on('error', reject)
    asked.on('close', cancel)
    asked.end()
  })
}
