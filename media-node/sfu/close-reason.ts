import type { ErrorCode } from '../../shared/protocol/error-code.ts'

/** Why a participant, or a connection that was to become one, goes. All but `left` is what its client is told. */
export const closeReasons = [
  'left',
  'bad_request',
  'payload_too_large',
  'rate_limited',
  'unauthorized',
  'token_invalid',
  'token_expired',
  'token_replayed',
  'wrong_node',
  'stale_allocation',
  'room_closed',
  'room_full',
  'no_capacity',
  'join_timeout',
  'connection_lost',
  'replaced',
  'resume_expired',
  'draining',
  'unavailable',
  'internal',
] as const satisfies readonly (ErrorCode | 'left')[]

export type CloseReason = (typeof closeReasons)[number]

/** Why a room goes. `empty` finds nobody to tell; the others are what its participants are told. */
export const roomCloseReasons = [
  'empty',
  'room_closed',
  'stale_allocation',
  'unavailable',
  'draining',
] as const satisfies readonly ('empty' | CloseReason)[]

export type RoomCloseReason = (typeof roomCloseReasons)[number]

/** What somebody who asks for a room that went is told. */
export function toldOf(reason: RoomCloseReason): Exclude<RoomCloseReason, 'empty'> {
  return reason === 'empty' ? 'room_closed' : reason
}
