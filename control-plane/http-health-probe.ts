import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { json } from 'node:stream/consumers'
import { z } from 'zod'
import type { Probable, ProbeAnswer } from './health-probes.ts'

/** A media node that does not answer within this time is silent. */
export const PROBE_DEADLINE_MS = 400

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
    const asked = request(url, { agent: false, signal: AbortSignal.timeout(PROBE_DEADLINE_MS) }, (answer) => {
      if (answer.statusCode === 200) json(answer).then(resolve, reject)
      else {
        answer.resume()
        reject(new Error(`answered ${answer.statusCode}`))
      }
    })
    asked.on('error', reject)
    asked.end()
  })
}
