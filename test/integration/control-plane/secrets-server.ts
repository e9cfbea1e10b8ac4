import { once } from 'node:events'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { z } from 'zod'

const asked = z.object({
  SecretId: z.string(),
  VersionId: z.string().optional(),
  VersionStage: z.string().optional(),
  ClientRequestToken: z.string().optional(),
  SecretString: z.string().optional(),
  VersionStages: z.array(z.string()).optional(),
  MoveToVersionId: z.string().optional(),
  RemoveFromVersionId: z.string().optional(),
})

type Asked = z.infer<typeof asked>
type Version = { value?: string; readonly stages: Set<string> }

/** One secret with its versions, as AWS Secrets Manager keeps them. */
export class StoredSecret {
  readonly #versions = new Map<string, Version>()
  #rotatedAt: number | undefined

  constructor(value: string) {
    this.#versions.set('first', { value, stages: new Set(['AWSCURRENT']) })
  }

  /** The value of the version that is used now. */
  get current(): string | undefined {
    return this.#find({ VersionStage: 'AWSCURRENT' })?.[1].value
  }

  /** As Secrets Manager does before it calls the rotation. */
  beginRotation(token: string): void {
    this.#versions.set(token, { stages: new Set(['AWSPENDING']) })
  }

  /** What the API answers, or undefined when there is no such version. */
  answer(call: string, given: Asked): object | undefined {
    switch (call) {
      case 'GetSecretValue': {
        const [VersionId, version] = this.#find(given) ?? []
        return version?.value === undefined ? undefined : { VersionId, SecretString: version.value }
      }
      case 'DescribeSecret':
        return {
          ...(this.#rotatedAt !== undefined && { LastRotatedDate: this.#rotatedAt / 1_000 }),
          VersionIdsToStages: Object.fromEntries([...this.#versions].map(([id, { stages }]) => [id, [...stages]])),
        }
      case 'PutSecretValue':
        // A version has one value for good.
        if ((this.#versions.get(given.ClientRequestToken ?? '')?.value ?? given.SecretString) !== given.SecretString)
          return
        this.#versions.set(given.ClientRequestToken ?? '', {
          value: given.SecretString ?? '',
          stages: new Set(given.VersionStages),
        })
        return {}
      case 'UpdateSecretVersionStage':
        this.#versions.get(given.RemoveFromVersionId ?? '')?.stages.delete(given.VersionStage ?? '')
        this.#versions
          .get(given.MoveToVersionId ?? '')
          ?.stages.add(given.VersionStage ?? '')
          .delete('AWSPENDING')
        this.#rotatedAt = Date.now()
        return {}
      default:
        return undefined
    }
  }

  #find({ VersionId, VersionStage = 'AWSCURRENT' }: Partial<Asked>): [string, Version] | undefined {
    return [...this.#versions].find(
      ([id, { stages }]) => stages.has(VersionStage) && (VersionId === undefined || VersionId === id),
    )
  }
}

/** Answers as AWS Secrets Manager does, with the secrets that there are. */
export async function startSecretsServer(secrets: Readonly<Record<string, StoredSecret>>) {
  const server = createServer(async (request, response) => {
    const [, call = ''] = String(request.headers['x-amz-target']).split('.')
    const given = asked.parse(await json(request))
    const answer = secrets[given.SecretId]?.answer(call, given)
    response.setHeader('content-type', 'application/x-amz-json-1.1')
    response.statusCode = answer === undefined ? 400 : 200
    response.end(JSON.stringify(answer ?? { __type: 'ResourceNotFoundException', Message: 'There is none.' }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    env: {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}`,
      AWS_REGION: 'local',
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
    },
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}
