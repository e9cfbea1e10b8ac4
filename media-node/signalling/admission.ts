import type { IncomingMessage } from 'node:http'
import type { ErrorCode } from '../../shared/protocol/error-code.ts'
import { BEARER_PREFIX, SUBPROTOCOL } from '../../shared/protocol/messages.ts'
import type { Refusal } from './signalling-metrics.ts'

export const SIGNALLING_PATH = '/v1/signalling'

/** Lets every origin in. */
const ANY_ORIGIN = '*'

export type Admission =
  | { readonly admitted: true; readonly token: string | undefined }
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
  const bearer = offered.find((name) => name.startsWith(BEARER_PREFIX))
  return { admitted: true, token: bearer?.slice(BEARER_PREFIX.length) }
}
