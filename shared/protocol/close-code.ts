import type { ErrorCode } from './error-code.ts'

/**
 * WebSocket close codes (RFC 6455 §7.4; 4000-4999 are for applications). The close reason carries the error code itself,
 * so a client reads the reason; the number tells proxies and people the same.
 */
export const closeCodeOf: Readonly<Record<ErrorCode, number>> = {
  bad_request: 4400,
  unauthorized: 4401,
  token_invalid: 4402,
  forbidden: 4403,
  not_found: 4404,
  room_not_found: 4405,
  token_expired: 4406,
  token_replayed: 4407,
  request_timeout: 4408,
  join_timeout: 4409,
  room_closed: 4410,
  room_exists: 4411,
  wrong_node: 4412,
  payload_too_large: 4413,
  stale_allocation: 4414,
  origin_not_allowed: 4415,
  room_full: 4416,
  unknown_method: 4417,
  invalid_state: 4418,
  connection_lost: 4419,
  replaced: 4420,
  resume_expired: 4421,
  protocol_violation: 4422,
  rate_limited: 4429,
  internal: 4500,
  no_capacity: 4501,
  draining: 4502,
  unavailable: 4503,
}

/** The client asked to leave and the media node agreed. */
export const CLOSE_LEFT = 1000
