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
  'protocol_violation',
  'internal',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** The one error class: a code from the closed list, a text for people, and what caused it. */
export class CallError extends Error {
  readonly code: ErrorCode
  /** The trace of the join that it belongs to: whoever reports it gives this, and the operator finds it in the logs. */
  readonly traceId: string | undefined

  constructor(code: ErrorCode, message: string, options?: ErrorOptions & { readonly traceId?: string | undefined }) {
    super(message, options)
    this.name = 'CallError'
    this.code = code
    this.traceId = options?.traceId
  }

  /** The same error, which says to what trace it belongs. */
  traced(traceId: string | undefined): CallError {
    return new CallError(this.code, this.message, { cause: this.cause, traceId: this.traceId ?? traceId })
  }
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return errorCodes.some((code) => code === value)
}
