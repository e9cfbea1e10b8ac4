import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'

/** Beyond this a start of the Lambda fails, and the next call starts it again. */
const DEADLINE_MS = 3_000

const SIGNING_KEY = 'SIGNING_KEY_SECRET'
const API_KEYS = 'API_KEY_SECRETS'
const PAGE_KEY = 'PAGE_KEY_SECRET'

type LambdaSecrets = { readonly SIGNING_KEY?: string; readonly API_KEYS?: string; readonly PAGE_KEY?: string }

/**
 * The settings that a Lambda reads from Secrets Manager, where its environment names them: `SIGNING_KEY_SECRET` holds what
 * `SIGNING_KEY` would, and `API_KEY_SECRETS`, with commas between them, each one of `API_KEYS`. `PAGE_KEY_SECRET` holds the
 * key by which the page's CloudFront is known (`viewer-address.ts`). They are read once: a rotation of the signing keys is
 * made for Lambdas that know the keys of before (`signing-key-rotation.ts`).
 *
 * @throws Error that names the secret which cannot be read
 */
export async function readLambdaSecrets(env: Readonly<Record<string, string | undefined>>): Promise<LambdaSecrets> {
  const named = [SIGNING_KEY, API_KEYS, PAGE_KEY].map((name) => namesIn(env[name]))
  if (named.flat().length === 0) return {}
  const client = new SecretsManagerClient({})
  try {
    const read = (names: readonly string[]) => Promise.all(names.map((name) => readSecret(client, name)))
    const [[signingKey] = [], apiKeys = [], [pageKey] = []] = await Promise.all(named.map(read))
    return {
      ...(signingKey !== undefined && { SIGNING_KEY: signingKey }),
      ...(apiKeys.length > 0 && { API_KEYS: apiKeys.join(',') }),
      ...(pageKey !== undefined && { PAGE_KEY: pageKey }),
    }
  } finally {
    client.destroy()
  }
}

function namesIn(value = ''): readonly string[] {
  return value.split(',').filter((name) => name !== '')
}

async function readSecret(client: SecretsManagerClient, name: string): Promise<string> {
  const abortSignal = AbortSignal.timeout(DEADLINE_MS)
  const read = client.send(new GetSecretValueCommand({ SecretId: name }), { abortSignal })
  const { SecretString } = await read.catch((cause: unknown) => {
    throw new Error(`The secret ${name} cannot be read.`, { cause })
  })
  if (SecretString === undefined) throw new Error(`The secret ${name} is not text.`)
  return SecretString
}
