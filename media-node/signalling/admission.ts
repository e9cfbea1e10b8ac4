import type { IncomingMessage } from 'node:http'
import type { ErrorCode } from '../../shared/protocol/error-code.ts'
import { BEARER_PREFIX, RESUME_PREFIX, SUBPROTOCOL } from '../../shared/protocol/messages.ts'
import type { Refusal } from './signalling-metrics.ts'

export const SIGNALLING_PATH = '/v1/signalling'

/** Lets every origin in. */
const ANY_ORIGIN = '*'

/** What a client shows to be let in; with both it is taken up again if it still can be. */
export type Credentials = { readonly joinToken: string | undefined; readonly resumeToken: string | undefined }

export type Admission =
  | { readonly admitted: true; readonly credentials: Credentials }
  | { readonly admitted: false; readonly refusal: Refusal; readonly status: 400 | 403 | 404; readonly text: ErrorCode }

/**
 * Looks at an upgrade request before anything is spent on it. A request without `Origin` does not come from a page, so no
 * page's origin needs to be kept out.
 */
export function admit(request: IncomingMessage, allowedOrigins: readonly string[]): Admission {
  const path = (request.url ?? '').split('?', 1)[0]
  if (path !== SIGNALLING_PATH) return { admitted: false, refusal: 'path', status: 404, text: 'not_found' }
  const { origin } = request.headers
  if (origin !== undefined && !allowedOrigins.includes(ANY_ORIGIN) && !allowedOrigins.includes(origin)) {
    return { admitted: false, refusal: 'origin', status: 403, text: 'origin_not_allowed' }
  }
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
  if (!offered.includes(SUBPROTOCOL)) {
    return { admitted: false, refusal: 'protocol', status: 400, text: 'bad_request' }
  }
  const after = (prefix: string) => offered.find((name) => name.startsWith(prefix))?.slice(prefix.length)
  return { admitted: true, credentials: { joinToken: after(BEARER_PREFIX), resumeToken: after(RESUME_PREFIX) } }
}
