import { createHmac } from 'node:crypto'
import type { JoinAnswer } from '../shared/api.ts'
import type { TurnSettings } from './turn-settings.ts'

/**
 * The TURN servers for one participant, with credentials that are good for a limited time and need no account at the
 * servers: they know the secret, too (draft-uberti-behave-turn-rest-00, coturn's `use-auth-secret`).
 */
export function iceServersFor(settings: TurnSettings, participantId: string, now: number): JoinAnswer['iceServers'] {
  const { TURN_URLS, TURN_SECRET, TURN_TTL_SECONDS } = settings
  if (TURN_URLS.length === 0 || TURN_SECRET === undefined) return []
  const username = `${Math.floor(now / 1_000) + TURN_TTL_SECONDS}:${participantId}`
  const credential = createHmac('sha1', TURN_SECRET).update(username).digest('base64')
  return [{ urls: TURN_URLS, username, credential }]
}
