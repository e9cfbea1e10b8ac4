import { z } from 'zod'
import { iceServerUrl } from '../shared/api.ts'
import { list, type SettingProblem, whole } from '../shared/settings.ts'

const MIN_SECRET_LENGTH = 16
const TURN_URL = 'each is like `turn:turn.example.com:3478?transport=udp` (RFC 7065)'

/** How participants whose network lets nothing else through reach the media nodes. */
export const turnSettings = {
  TURN_URLS: list()
    .pipe(z.array(iceServerUrl.regex(/^turn/, TURN_URL)))
    .default([])
    .meta({ description: 'Comma-separated TURN servers that participants are told of; needs `TURN_SECRET`' }),
  TURN_SECRET: z
    .string()
    .min(MIN_SECRET_LENGTH, `needs at least ${MIN_SECRET_LENGTH} characters`)
    .optional()
    .meta({ description: "The TURN servers' shared secret, coturn's `static-auth-secret`" }),
  TURN_TTL_SECONDS: whole(60, 604_800).default(14_400).meta({
    description:
      'Seconds after a join in which its credentials for TURN open relays; a relay that is open stays for its call',
  }),
}

const shape = z.object(turnSettings)

export type TurnSettings = z.infer<typeof shape>

export function turnProblems({ TURN_URLS, TURN_SECRET }: Partial<TurnSettings>): readonly SettingProblem[] {
  if (TURN_URLS === undefined || TURN_URLS.length === 0 || TURN_SECRET !== undefined) return []
  return [{ name: 'TURN_SECRET', message: 'TURN_URLS needs it' }]
}
