import type { ErrorCode } from '../../shared/protocol/error-code.ts'
import { backOffMs } from './back-off.ts'

/** Taking the participant up again on its media node, or joining anew by the control plane. */
export type Attempt = 'resume' | 'rejoin'

/**
 * What to do about an error that closes a connection or refuses one. `resume`: the media node may still have this
 * participant. `rejoin`: it has not. `end`: trying again would not help, or would work against somebody's will.
 */
export const remedyOf: Readonly<Record<ErrorCode, Attempt | 'end'>> = {
  connection_lost: 'resume',
  request_timeout: 'resume',
  rate_limited: 'rejoin',
  token_invalid: 'rejoin',
  token_expired: 'rejoin',
  token_replayed: 'rejoin',
  wrong_node: 'rejoin',
  stale_allocation: 'rejoin',
  room_not_found: 'rejoin',
  join_timeout: 'rejoin',
  no_capacity: 'rejoin',
  draining: 'rejoin',
  unavailable: 'rejoin',
  resume_expired: 'rejoin',
  internal: 'rejoin',
  bad_request: 'end',
  payload_too_large: 'end',
  unauthorized: 'end',
  forbidden: 'end',
  origin_not_allowed: 'end',
  not_found: 'end',
  room_exists: 'end',
  room_closed: 'end',
  room_full: 'end',
  unknown_method: 'end',
  invalid_state: 'end',
  replaced: 'end',
  protocol_violation: 'end',
}

/** Past this a call that cannot be reconnected ends; it counts anew when the page wakes and when the network comes. */
export const GIVE_UP_AFTER_MS = 60_000

/** The same while the machine has no network: no attempt can help then, and nothing is lost by waiting. */
export const GIVE_UP_OFFLINE_AFTER_MS = 1_800_000

/** Past so many wakings and networks that came, without a connection, waiting has an end all the same. */
export const MAX_RENEWALS = 100

/** A call that was connected for so long has got over what broke it; one that breaks earlier is still breaking. */
export const STEADY_AFTER_MS = 5_000

const FIRST_ATTEMPT_DEADLINE_MS = 1_000
const LONGEST_ATTEMPT_DEADLINE_MS = 8_000

export type NextAttempt = {
  readonly attempt: Attempt
  readonly delayMs: number
  /** For the media node to take the connection. */
  readonly deadlineMs: number
}

/**
 * What to try after `tried`. To resume comes before to rejoin, since it keeps every track, and the two take turns: a media
 * node that is silent may be dead or far away. The deadline grows, so that it suits slow networks too.
 */
export function nextAttempt(tried: readonly Attempt[], resumable: boolean, random: () => number): NextAttempt {
  const last = tried.at(-1)
  const rejoins = tried.filter((attempt) => attempt === 'rejoin').length
  return {
    attempt: resumable && last !== 'resume' ? 'resume' : 'rejoin',
    delayMs: last === 'rejoin' ? backOffMs(rejoins - 1, random) : 0,
    deadlineMs: Math.min(FIRST_ATTEMPT_DEADLINE_MS * 2 ** Math.max(0, rejoins - 1), LONGEST_ATTEMPT_DEADLINE_MS),
  }
}
