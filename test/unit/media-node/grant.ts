import type { JoinGrant } from '../../../shared/token.ts'

/** What a join token says, where a test does not care. */
export function grant(other: Partial<JoinGrant> = {}): JoinGrant {
  return {
    tokenId: 'token',
    nodeId: 'node',
    roomId: 'room',
    epoch: 1,
    participantId: 'participant',
    displayName: 'Somebody',
    language: 'en',
    maxParticipants: 50,
    emptyTimeoutSeconds: 60,
    expiresAt: 60_000,
    ...other,
  }
}
