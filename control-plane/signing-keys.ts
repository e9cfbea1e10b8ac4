import { randomUUID } from 'node:crypto'
import { chmod, link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose'
import { z } from 'zod'
import type { SigningKey } from '../shared/token.ts'

const ALGORITHM = 'EdDSA'
const PRIVATE_MODE = 0o600

const publicHalf = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() })
const jwk = publicHalf.extend({ d: z.string().exactOptional() })
const jwkSet = z.object({ keys: z.array(jwk).min(1) })

/** A published key (RFC 7517): it can check a join token and not make one. */
export const publicKey = publicHalf.extend({ kid: z.string(), alg: z.literal(ALGORITHM), use: z.literal('sig') })

/** The key that signs now, and the public halves of all keys that may still be in use. */
export type SigningKeys = {
  readonly current: SigningKey
  readonly jwks: { readonly keys: z.infer<typeof publicKey>[] }
}

/**
 * Reads Ed25519 keys (RFC 8037) from a JWK or a JWKS. The first signs; the others are only published, so that a key can be
 * put in before it is used and left in until its last token has expired.
 *
 * @throws Error that does not quote the input
 */
export async function readSigningKeys(json: string): Promise<SigningKeys> {
  const { keys } = parse(json)
  const [first] = keys
  const privateKey = await importJWK({ ...first }, ALGORITHM)
  if (!(privateKey instanceof CryptoKey) || privateKey.type !== 'private') {
    throw new Error('The first signing key has no private part.')
  }
  const published = await Promise.all(keys.map(publish))
  return { current: { kid: published[0]?.kid ?? '', privateKey }, jwks: { keys: published } }
}

function parse(json: string): z.infer<typeof jwkSet> {
  try {
    const value: unknown = JSON.parse(json)
    return jwkSet.safeParse(value).data ?? { keys: [jwk.parse(value)] }
  } catch {
    throw new Error('The signing key must be an Ed25519 JWK, or a JWKS of such keys.')
  }
}

async function publish({ kty, crv, x }: z.infer<typeof jwk>): Promise<z.infer<typeof publicKey>> {
  return { kty, crv, x, kid: await calculateJwkThumbprint({ kty, crv, x }), alg: ALGORITHM, use: 'sig' }
}

/** A new private key, as the JSON of a JWKS. */
export async function generateSigningKeys(): Promise<string> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true })
  return JSON.stringify({ keys: [await exportJWK(privateKey)] }, null, 2)
}

/** Reads the keys from a file that only its owner may read; makes it first if it is missing, whoever else tries too. */
export async function loadSigningKeys(file: string): Promise<SigningKeys> {
  const stored = await readIfThere(file)
  if (stored !== undefined) {
    // One that is mounted may be somebody else's, who has seen to it.
    await chmod(file, PRIVATE_MODE).catch(() => undefined)
    return readSigningKeys(stored)
  }
  await mkdir(dirname(file), { recursive: true })
  // Written aside and linked into place: whoever comes second finds a whole file, and reads that one.
  const aside = `${file}.${randomUUID()}`
  await writeFile(aside, await generateSigningKeys(), { flag: 'wx', mode: PRIVATE_MODE })
  try {
    await link(aside, file).catch(unless('EEXIST'))
  } finally {
    await unlink(aside)
  }
  return readSigningKeys(await readFile(file, 'utf8'))
}

function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(unless('ENOENT'))
}

function unless(code: string): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === code) return undefined
    throw error
  }
}
