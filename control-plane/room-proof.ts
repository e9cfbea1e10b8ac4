import type { Context } from 'hono'
import type { Clock } from '../shared/clock.ts'
import { CallError } from '../shared/protocol/error-code.ts'
import { localKeys, readRejoinToken } from '../shared/token.ts'
import type { TranscriptRoom } from '../shared/transcript-store/transcript-store.ts'
import type { GuestLimits } from './guest-limits.ts'
import type { SigningKeys } from './signing-keys.ts'

const BEARER = /^Bearer (\S{1,2048})$/i

type ProofParts = { readonly signingKeys: SigningKeys; readonly clock: Clock; readonly limits: GuestLimits }

/**
 * Makes the search for proof of having been in a room of this name: a rejoin token, sent as `Authorization: Bearer <token>`.
 * It answers in which; undefined for a caller who is trusted and shows no such token.
 *
 * @throws CallError `unauthorized` when a guest shows nothing, or `token_invalid`
 */
export function roomProof({ signingKeys, clock, limits }: ProofParts) {
  const keys = localKeys(signingKeys.jwks)
  return async (c: Context, roomId: string): Promise<TranscriptRoom | undefined> => {
    const [, given] = BEARER.exec(c.req.header('authorization') ?? '') ?? []
    const grant = given === undefined ? undefined : await readRejoinToken(given, { keys, now: clock.now() })
    if (grant?.roomId === roomId && grant.createdAt !== undefined) return { roomId, createdAt: grant.createdAt }
    if (c.var.caller.trusted && grant === undefined) return undefined
    c.header('www-authenticate', 'Bearer')
    if (given === undefined) {
      throw new CallError('unauthorized', 'Send the rejoin token of this room as `Authorization: Bearer <token>`.')
    }
    limits.missed(c)
    throw new CallError('token_invalid', 'The rejoin token is not one of this room, or is too old.')
  }
}
