import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
  SignJWT,
} from 'jose'
import { z } from 'zod'
import { roomId } from './api.ts'
import { CallError } from './protocol/error-code.ts'
import { languageTag } from './protocol/language-tag.ts'
import { TRACE_ID } from './protocol/trace-context.ts'

/** Join tokens live this long; a client connects within seconds. */
export const TOKEN_TTL_SECONDS = 60

/** Who was in a room may be the same participant again for this long. */
export const REJOIN_TTL_SECONDS = 24 * 60 * 60

const ISSUER = 'jbcalling'
const REJOIN_AUDIENCE = 'rejoin'
const REJOIN_TYPE = 'rejoin+jwt'
const ALGORITHM = 'EdDSA'

/** A media node's clock may be off by this much. */
const CLOCK_TOLERANCE_SECONDS = 5

const claims = z.object({
  aud: z.string(),
  sub: z.string().min(1).max(64),
  jti: z.string().min(1).max(64),
  exp: z.int(),
  room: roomId,
  epoch: z.int().min(1),
  name: z.string().min(1).max(64),
  lang: languageTag,
  max: z.int().min(1),
  idle: z.int().min(0),
  /** Missing from tokens of a control plane that is older than this. */
  trace: z.string().regex(TRACE_ID).exactOptional(),
})

/** What a join token says. `expiresAt` is in milliseconds since the Unix epoch. */
export type JoinGrant = {
  readonly tokenId: string
  readonly nodeId: string
  readonly roomId: string
  readonly epoch: number
  readonly participantId: string
  readonly displayName: string
  readonly language: string
  readonly maxParticipants: number
  readonly emptyTimeoutSeconds: number
  readonly expiresAt: number
  /** The trace (W3C Trace Context) that the join belongs to. */
  readonly traceId?: string | undefined
}

/** When the token of a grant was issued: milliseconds since the Unix epoch, in whole seconds as in the token. */
export function issuedAt({ expiresAt }: Pick<JoinGrant, 'expiresAt'>): number {
  return expiresAt - TOKEN_TTL_SECONDS * 1_000
}

export type SigningKey = { readonly kid: string; readonly privateKey: CryptoKey }

/** Signs a join token (RFC 7519, EdDSA of RFC 8037). Only the control plane holds the key, so nobody else can. */
export function signJoinToken(key: SigningKey, grant: JoinGrant): Promise<string> {
  return new SignJWT({
    room: grant.roomId,
    epoch: grant.epoch,
    name: grant.displayName,
    lang: grant.language,
    max: grant.maxParticipants,
    idle: grant.emptyTimeoutSeconds,
    ...(grant.traceId !== undefined && { trace: grant.traceId }),
  })
    .setProtectedHeader({ alg: ALGORITHM, kid: key.kid, typ: 'JWT' })
    .setIssuer(ISSUER)
    .setAudience(grant.nodeId)
    .setSubject(grant.participantId)
    .setJti(grant.tokenId)
    .setIssuedAt(Math.floor(grant.expiresAt / 1_000) - TOKEN_TTL_SECONDS)
    .setExpirationTime(Math.floor(grant.expiresAt / 1_000))
    .sign(key.privateKey)
}

/**
 * Checks signature, issuer, audience and expiry, and parses the claims. That a token is used once is the media node's
 * to keep: it is bound to one node, so that node's memory is enough.
 *
 * @throws CallError `token_expired`, `wrong_node`, `token_invalid`, or `unavailable` when the keys cannot be fetched
 */
export async function verifyJoinToken(
  token: string,
  options: { keys: JWTVerifyGetKey; nodeId: string; now: number },
): Promise<JoinGrant> {
  const payload = await jwtVerify(token, options.keys, {
    algorithms: [ALGORITHM],
    issuer: ISSUER,
    audience: options.nodeId,
    currentDate: new Date(options.now),
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    maxTokenAge: TOKEN_TTL_SECONDS,
  }).catch((cause: unknown) => {
    throw refusal(cause)
  })
  const parsed = claims.safeParse(payload.payload)
  if (!parsed.success) throw new CallError('token_invalid', 'The join token lacks a claim.')
  const { data } = parsed
  return {
    tokenId: data.jti,
    nodeId: data.aud,
    roomId: data.room,
    epoch: data.epoch,
    participantId: data.sub,
    displayName: data.name,
    language: data.lang,
    maxParticipants: data.max,
    emptyTimeoutSeconds: data.idle,
    expiresAt: data.exp * 1_000,
    ...(data.trace !== undefined && { traceId: data.trace }),
  }
}

const rejoinClaims = z.object({ sub: z.string().min(1).max(64), room: roomId })

/** Who somebody is in a room. */
export type RejoinGrant = { readonly roomId: string; readonly participantId: string }

/** Signs a token that is only for the control plane itself: no media node lets anybody in with it. */
export function signRejoinToken(key: SigningKey, grant: RejoinGrant, now: number): Promise<string> {
  const issuedAt = Math.floor(now / 1_000)
  return new SignJWT({ room: grant.roomId })
    .setProtectedHeader({ alg: ALGORITHM, kid: key.kid, typ: REJOIN_TYPE })
    .setIssuer(ISSUER)
    .setAudience(REJOIN_AUDIENCE)
    .setSubject(grant.participantId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + REJOIN_TTL_SECONDS)
    .sign(key.privateKey)
}

/** Whom a rejoin token names; undefined when it is not valid, or not any more. */
export async function readRejoinToken(
  token: string,
  options: { keys: JWTVerifyGetKey; now: number },
): Promise<RejoinGrant | undefined> {
  const verified = await jwtVerify(token, options.keys, {
    algorithms: [ALGORITHM],
    issuer: ISSUER,
    audience: REJOIN_AUDIENCE,
    typ: REJOIN_TYPE,
    currentDate: new Date(options.now),
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
  }).catch(() => undefined)
  const claimed = rejoinClaims.safeParse(verified?.payload).data
  return claimed && { roomId: claimed.room, participantId: claimed.sub }
}

function refusal(cause: unknown): CallError {
  if (cause instanceof errors.JWTExpired)
    return new CallError('token_expired', 'The join token has expired.', { cause })
  if (cause instanceof errors.JWTClaimValidationFailed && cause.claim === 'aud') {
    return new CallError('wrong_node', 'The join token is for another media node.', { cause })
  }
  if (cause instanceof errors.JWKSTimeout || cause instanceof TypeError) {
    return new CallError('unavailable', 'The keys that check join tokens cannot be fetched.', { cause })
  }
  return new CallError('token_invalid', 'The join token is not valid.', { cause })
}

/** Public keys fetched from the control plane, cached, and fetched again when a token names an unknown one. */
export function remoteKeys(jwksUrl: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: 3_000, cooldownDuration: 1_000, cacheMaxAge: 600_000 })
}

/** Public keys at hand. */
export function localKeys(jwks: JSONWebKeySet): JWTVerifyGetKey {
  return createLocalJWKSet(jwks)
}
