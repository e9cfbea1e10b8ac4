import { z } from 'zod'
import { whole } from '../shared/settings.ts'

/** What the control plane reads from its environment about callers without a key in `AUTH_MODE=guests`. */
export const guestSettings = {
  GUEST_ROOMS_PER_MINUTE: whole(1, 1_000_000)
    .default(30)
    .meta({ description: 'Rooms that the guests of one address may make per minute' }),
  GUEST_MISSES_PER_MINUTE: whole(1, 1_000_000)
    .default(60)
    .meta({ description: 'Names without a room that the guests of one address may ask for per minute' }),
  GUEST_EMPTY_TIMEOUT_SECONDS: whole(0, 86_400)
    .default(300)
    .meta({ description: 'The longest `emptyTimeoutSeconds` of a room that a guest makes' }),
  GUEST_MAX_PARTICIPANTS: whole(1, 1_000)
    .default(100)
    .meta({ description: 'The largest `maxParticipants` of a room that a guest makes' }),
}

const shape = z.object(guestSettings)

export type GuestSettings = z.infer<typeof shape>
