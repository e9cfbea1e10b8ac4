import type { EngineFailure } from '../engine.ts'

/** An engine's failure on its way up. The message is the failure's `detail`, and as free of secrets. */
export class EngineTrouble extends Error {
  readonly failure: EngineFailure

  constructor(kind: EngineFailure['kind'], detail: string) {
    super(detail)
    this.name = 'EngineTrouble'
    this.failure = { kind, detail }
  }
}

/** What went wrong, as the port says it; an error that nobody foresaw counts as `unreachable`, its text left out. */
export function failureOf(error: unknown): EngineFailure {
  return error instanceof EngineTrouble ? error.failure : { kind: 'unreachable', detail: codeOf(error) }
}

/** What an HTTP status other than success says about the engine (RFC 9110 §15, RFC 6585 §4). */
export function troubleOfStatus(status: number): EngineTrouble {
  const detail = `answered with status ${status}`
  if (status === 429 || status === 503) return new EngineTrouble('overloaded', detail)
  if (status === 408 || status < 400 || status >= 500) return new EngineTrouble('unreachable', detail)
  return new EngineTrouble('refused', detail)
}

/** A system error's code, such as `ECONNREFUSED`: its message would name the address. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return 'failed without a code'
  return typeof error.code === 'string' && /^[A-Z0-9_]{1,64}$/.test(error.code) ? error.code : 'failed without a code'
}
