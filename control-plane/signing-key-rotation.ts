import { exportJWK, generateKeyPair } from 'jose'
import { z } from 'zod'

const ALGORITHM = 'EdDSA'

const key = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), d: z.string().exactOptional() })
const keySet = z.object({ keys: z.array(key) })

type Key = z.infer<typeof key>

/**
 * The next JWKS after this one; `undefined`, or what is no JWKS, has none before it. It is [the key that signs, the key that
 * will, the key that did]: a key is published for a whole turn before it signs and for another one after, so control planes
 * and media nodes may be a turn behind without a token being refused. The last one has no private part any more.
 */
export async function rotateSigningKeys(current: string | undefined): Promise<string> {
  const [signing, next] = keysIn(current)
  const fresh = await newKey()
  if (signing === undefined) return written([await newKey(), fresh])
  if (next?.d === undefined) return written([signing, fresh])
  const { d: _private, ...published } = signing
  return written([next, fresh, published])
}

function keysIn(json: string | undefined): readonly Key[] {
  try {
    return keySet.safeParse(JSON.parse(json ?? '')).data?.keys ?? []
  } catch {
    return []
  }
}

async function newKey(): Promise<Key> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true })
  return key.parse(await exportJWK(privateKey))
}

function written(keys: readonly Key[]): string {
  return JSON.stringify({ keys })
}
