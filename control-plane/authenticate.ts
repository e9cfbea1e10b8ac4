import { createHash, timingSafeEqual } from 'node:crypto'

const BEARER = /^Bearer (\S+)$/i

const digest = (key: string) => createHash('sha256').update(key).digest()

/**
 * Makes the check of `Authorization: Bearer <key>` (RFC 6750) against a list of keys. It answers which caller a key names,
 * without a part of the key in it, or undefined; and takes as long whether or how far a key is right.
 */
export function authenticator(keys: readonly string[]): (authorization: string | undefined) => string | undefined {
  const digests = keys.map(digest)
  return (authorization) => {
    const [, given] = BEARER.exec(authorization ?? '') ?? []
    if (given === undefined) return undefined
    const offered = digest(given)
    const index = digests.map((known) => timingSafeEqual(known, offered)).indexOf(true)
    return index === -1 ? undefined : `key:${index}`
  }
}
