import type { CallError } from '../../shared/protocol/error-code.ts'

/** What happens to a call as a whole; `ms` is how long it took. */
export type CallEvent =
  /** The connection broke, and the call tries to get back by itself. */
  | { readonly type: 'reconnecting'; readonly cause: CallError }
  /** `resumed`: on the same media node, with every track. `rejoined`: on whichever now has the room. */
  | { readonly type: 'reconnected'; readonly how: 'resumed' | 'rejoined'; readonly ms: number }
  /** The call moved to another media node, which took over before the one before was left. */
  | { readonly type: 'migrated'; readonly ms: number }
  /** `error` is null when this participant left of their own will. */
  | { readonly type: 'ended'; readonly error: CallError | null }
