import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Problem } from '../shared/api.ts'
import type { CallError, ErrorCode } from '../shared/protocol/error-code.ts'

/** A caller's text comes back in `detail` only this far. */
const MAX_DETAIL_LENGTH = 500

type Kind = { readonly status: ContentfulStatusCode; readonly title: string; readonly retryAfterSeconds?: number }

const kinds: Readonly<Record<ErrorCode, Kind>> = {
  bad_request: { status: 400, title: 'The request is not understood' },
  payload_too_large: { status: 413, title: 'The request is too large' },
  rate_limited: { status: 429, title: 'Too many requests' },
  unauthorized: { status: 401, title: 'Who is calling is not known' },
  token_invalid: { status: 401, title: 'The join token is not valid' },
  token_expired: { status: 401, title: 'The join token has expired' },
  token_replayed: { status: 401, title: 'The join token was used before' },
  wrong_node: { status: 409, title: 'The join token is for another media node' },
  stale_allocation: { status: 409, title: 'The room has been allocated again since' },
  forbidden: { status: 403, title: 'Not allowed' },
  origin_not_allowed: { status: 403, title: 'Not allowed from this origin' },
  not_found: { status: 404, title: 'There is nothing here' },
  room_not_found: { status: 404, title: 'There is no such room' },
  room_exists: { status: 409, title: 'The room exists' },
  room_closed: { status: 410, title: 'The room was closed' },
  room_full: { status: 409, title: 'The room is full' },
  unknown_method: { status: 404, title: 'There is no such method' },
  invalid_state: { status: 409, title: 'Not possible now' },
  join_timeout: { status: 408, title: 'The join took too long' },
  request_timeout: { status: 504, title: 'The request took too long' },
  no_capacity: { status: 503, title: 'No media node can take a room', retryAfterSeconds: 5 },
  draining: { status: 503, title: 'The media node is being drained', retryAfterSeconds: 1 },
  unavailable: { status: 503, title: 'Something this needs is away', retryAfterSeconds: 1 },
  connection_lost: { status: 502, title: 'The connection was lost' },
  replaced: { status: 409, title: 'Replaced by a newer connection' },
  resume_expired: { status: 410, title: 'The connection was lost for too long' },
  protocol_violation: { status: 502, title: 'Something was answered that is not as documented' },
  internal: { status: 500, title: 'Something went wrong here' },
}

/** Answers with problem details (RFC 9457). */
export function problemAnswer(c: Context, { code, message }: CallError) {
  const { status, title, retryAfterSeconds } = kinds[code]
  const problem: Problem = {
    type: `urn:jbcalling:problem:${code}`,
    title,
    status,
    detail: message.slice(0, MAX_DETAIL_LENGTH),
    code,
    requestId: c.get('requestId'),
  }
  if (retryAfterSeconds !== undefined) c.header('retry-after', `${retryAfterSeconds}`)
  return c.body(JSON.stringify(problem), status, { 'content-type': 'application/problem+json' })
}
