import { createHmac } from 'node:crypto'
import type { JoinAnswer } from '../shared/api.ts'
import type { TurnSettings } from './turn-settings.ts'

/** 128 bits of a keyed hash, so that no two names meet. */
const NAME_LENGTH = 22

/** Whose relays a TURN server counts together. */
export type RelayUser = {
  readonly roomId: string
  /** What the caller is counted by: `callerOf` of its address, or a participant where a server of ours joins for them. */
  readonly caller: string
}

/**
 * The TURN servers for one participant, with credentials that are good for a limited time and need no account at the
 * servers: they know the secret, too (draft-uberti-behave-turn-rest-00, coturn's `use-auth-secret`). A TURN server applies
 * its quota to the name after the time, which is the same for every join of one caller to one room and tells neither.
 */
export function iceServersFor(settings: TurnSettings, user: RelayUser, now: number): JoinAnswer['iceServers'] {
  const { TURN_URLS, TURN_SECRET, TURN_TTL_SECONDS } = settings
  if (TURN_URLS.length === 0 || TURN_SECRET === undefined) return []
  const username = `${Math.floor(now / 1_000) + TURN_TTL_SECONDS}:${relayName(TURN_SECRET, user)}`
  const credential = createHmac('sha1', TURN_SECRET).update(username).digest('base64')
  return [{ urls: TURN_URLS, username, credential }]
}

/** The first entry of what is hashed keeps these names apart from the credentials made with the same key. */
function relayName(secret: string, { roomId, caller }: RelayUser): string {
  const text = JSON.stringify(['relay-name', roomId, caller])
  return createHmac('sha256', secret).update(text).digest('base64url').slice(0, NAME_LENGTH)
}
