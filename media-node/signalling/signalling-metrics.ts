import type { ErrorCode } from '../../shared/protocol/error-code.ts'
import type { Method } from '../../shared/protocol/messages.ts'
import type { CloseReason } from '../sfu/close-reason.ts'

/**
 * What a connection was refused for before it became one: `caller` has too many of them or comes too fast, the media node is
 * at its `capacity`, or a `socket` was one too many before it had sent a request.
 */
export const upgradeRefusals = ['path', 'origin', 'protocol', 'caller', 'capacity', 'socket'] as const
export type Refusal = (typeof upgradeRefusals)[number]

/** What was thrown away towards a client that does not keep up, or, `suspended`, has no connection at the moment. */
export const droppedKinds = ['caption', 'connection', 'suspended'] as const
export type Dropped = (typeof droppedKinds)[number]

/**
 * What became of coming back: `resumed` after the connection broke, `taken_over` while the older one was still open,
 * `refused` too late or with no token of ours; `never` is a window over without anybody coming.
 */
export const resumptions = ['resumed', 'taken_over', 'refused', 'never'] as const
export type Resumption = (typeof resumptions)[number]

/** Where signalling reports its figures. Every value is from a closed list. */
export type SignallingMetrics = {
  refused(why: Refusal): void
  /** A request was answered, well or with an error. */
  answered(method: Method | 'unknown', outcome: ErrorCode | 'ok', seconds: number): void
  joined(seconds: number): void
  closed(reason: CloseReason): void
  dropped(what: Dropped): void
  resumed(outcome: Resumption): void
}
