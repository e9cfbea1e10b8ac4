import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import { z } from 'zod'
import { rotateSigningKeys } from './signing-key-rotation.ts'
import { readSigningKeys } from './signing-keys.ts'

const CURRENT = 'AWSCURRENT'
const PENDING = 'AWSPENDING'

/** Longer than any Lambda instance lives, so that no control plane is ever more than one rotation behind. */
const LEAST_MS_BETWEEN = 24 * 60 * 60_000

const rotationStep = z.object({
  Step: z.enum(['createSecret', 'setSecret', 'testSecret', 'finishSecret']),
  SecretId: z.string(),
  ClientRequestToken: z.string(),
})

type Rotation = { readonly SecretId: string; readonly token: string; readonly secret: DescribeSecretCommandOutput }

const client = new SecretsManagerClient({})

/** AWS Lambda's entry for the rotation of the signing keys, as Secrets Manager calls it: four steps, each repeatable. */
export async function handler(event: unknown): Promise<void> {
  const { Step, SecretId, ClientRequestToken: token } = rotationStep.parse(event)
  const secret = await client.send(new DescribeSecretCommand({ SecretId }))
  const stages = secret.VersionIdsToStages?.[token]
  if (stages === undefined) throw new Error('Secrets Manager does not know of this rotation.')
  if (stages.includes(CURRENT)) return
  const rotation = { SecretId, token, secret }
  if (Step === 'createSecret') await create(rotation)
  if (Step === 'testSecret') await check(rotation)
  if (Step === 'finishSecret') await finish(rotation)
}

async function create({ SecretId, token, secret: { LastRotatedDate } }: Rotation): Promise<void> {
  if ((await read(SecretId, PENDING, token)) !== undefined) return
  if (LastRotatedDate !== undefined && Date.now() - LastRotatedDate.getTime() < LEAST_MS_BETWEEN) {
    throw new Error('The keys were rotated less than a day ago; joins might be refused if they were again.')
  }
  const SecretString = await rotateSigningKeys(await read(SecretId, CURRENT))
  await client.send(
    new PutSecretValueCommand({ SecretId, ClientRequestToken: token, SecretString, VersionStages: [PENDING] }),
  )
}

async function check({ SecretId, token }: Rotation): Promise<void> {
  const { jwks } = await readSigningKeys((await read(SecretId, PENDING, token)) ?? '')
  if (jwks.keys.length < 2) throw new Error('The next signing key is not published.')
}

async function finish({ SecretId, token, secret: { VersionIdsToStages = {} } }: Rotation): Promise<void> {
  const [before] = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes(CURRENT)) ?? []
  await client.send(
    new UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage: CURRENT,
      MoveToVersionId: token,
      ...(before !== undefined && { RemoveFromVersionId: before }),
    }),
  )
}

async function read(SecretId: string, VersionStage: string, VersionId?: string): Promise<string | undefined> {
  const version = { SecretId, VersionStage, ...(VersionId !== undefined && { VersionId }) }
  const found = await client.send(new GetSecretValueCommand(version)).catch((error: unknown) => {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  })
  return found?.SecretString
}
