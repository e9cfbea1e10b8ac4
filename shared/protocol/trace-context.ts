/** One place in a trace, as W3C Trace Context (https://www.w3.org/TR/trace-context/) names it. */
export type TraceContext = {
  /** 32 hexadecimal digits, the same wherever one thing is followed to. */
  readonly traceId: string
  /** The caller's own part of it: 16 hexadecimal digits. */
  readonly parentId: string
  /** Two hexadecimal digits; their last bit says whether the caller records the trace. */
  readonly flags: string
}

/** Not all zeros, which means none. */
export const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/

/** Of version 00; what a later version adds follows after another dash, and version ff there is none. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

const RECORDED = '01'

/** What a `traceparent` header says; undefined when there is none or it is malformed, and a new trace is to begin. */
export function readTraceparent(header: string | undefined): TraceContext | undefined {
  const [, version, traceId, parentId, flags, more] = TRACEPARENT.exec(header ?? '') ?? []
  if (traceId === undefined || parentId === undefined || flags === undefined) return undefined
  return version === '00' && more !== undefined ? undefined : { traceId, parentId, flags }
}

export function writeTraceparent({ traceId, parentId, flags }: TraceContext): string {
  return `00-${traceId}-${parentId}-${flags}`
}

/** The next part of a trace, or the first of a new one. `random` gives so many random bytes. */
export function continueTrace(before: TraceContext | undefined, random: (bytes: number) => Uint8Array): TraceContext {
  const parentId = randomHex(8, random)
  return before ? { ...before, parentId } : { traceId: randomHex(16, random), parentId, flags: RECORDED }
}

/** Never all zeros. */
function randomHex(bytes: number, random: (bytes: number) => Uint8Array): string {
  const hex = [...random(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return /^0+$/.test(hex) ? hex.replace(/0$/, '1') : hex
}
