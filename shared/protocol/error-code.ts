/**
 * Every error a caller can meet, at the HTTP API and at the signalling connection. The code is the contract; the text
 * beside it is for people and may change. `PROTOCOL.md` says what each means to a client.
 */
export const errorCodes = [
  'bad_request',
  'payload_too_large',
  'rate_limited',
  'unauthorized',
  'token_invalid',
  'token_expired',
  'token_replayed',
  'wrong_node',
  'stale_allocation',
  'forbidden',
  'origin_not_allowed',
  'not_found',
  'room_not_found',
  'room_exists',
  'room_closed',
  'room_full',
  'unknown_method',
  'invalid_state',
  'join_timeout',
  'request_timeout',
  'no_capacity',
  'draining',
  'unavailable',
  'connection_lost',
  'replaced',
  'resume_expired',
  'internal',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** The one error class: a code from the closed list, a text for people, and what caused it. */
export class CallError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CallError'
    this.code = code
  }
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return errorCodes.some((code) => code === value)
}
