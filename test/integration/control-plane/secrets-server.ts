import { once } from 'node:events'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { z } from 'zod'

const asked = z.object({ SecretId: z.string() })

/** Answers `GetSecretValue` as AWS Secrets Manager does, with the secrets that there are. */
export async function startSecretsServer(secrets: Readonly<Record<string, string>>) {
  const server = createServer(async (request, response) => {
    const { SecretId } = asked.parse(await json(request))
    const secret = secrets[SecretId]
    response.setHeader('content-type', 'application/x-amz-json-1.1')
    response.statusCode = secret === undefined ? 400 : 200
    const missing = { __type: 'ResourceNotFoundException', Message: 'There is no such secret.' }
    response.end(JSON.stringify(secret === undefined ? missing : { Name: SecretId, SecretString: secret }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    env: {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
    },
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}
