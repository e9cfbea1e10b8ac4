import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { createEngine } from '../../../media-node/captions/create-engine.ts'
import { isFailure } from '../../../media-node/captions/engine.ts'
import { AmazonTranslate } from '../../../media-node/captions/translation/amazon-translate.ts'
import { AwsCredentials } from '../../../shared/aws-credentials.ts'
import { systemClock } from '../../../shared/clock.ts'
import { dynamoDbSettings, tableLocation } from '../../../shared/dynamodb/dynamodb-settings.ts'
import { dynamoDbTranscriptStore } from '../../../shared/transcript-store/dynamodb-transcript-store.ts'
import { listenOverHttp } from '../../listen-over-http.ts'
import { countingEars } from '../../speech-servers/hearing.ts'
import { startTranscribeServer } from '../../speech-servers/transcribe-server.ts'
import { SettableClock } from '../../unit/shared/settable-clock.ts'

const folder = await mkdtemp(join(tmpdir(), 'jbcalling-aws-'))
const file = join(folder, 'credentials')
process.env['AWS_SHARED_CREDENTIALS_FILE'] = file
process.env['AWS_CONFIG_FILE'] = join(folder, 'none')
process.env['AWS_EC2_METADATA_DISABLED'] = 'true'
for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE']) {
  delete process.env[name]
}
after(() => rm(folder, { recursive: true }))

const putKey = (key: string) =>
  writeFile(file, `[default]\naws_access_key_id = ${key}\naws_secret_access_key = secret\n`)

/** Takes every request that is signed with the key `NEW`, and calls every other key's token expired. */
async function startPickyService(t: TestContext, answer: object): Promise<string> {
  const port = await listenOverHttp(t, (request, response) => {
    const known = request.headers.authorization?.includes('Credential=NEW/')
    response.writeHead(known ? 200 : 400, { 'content-type': 'application/x-amz-json-1.0' })
    request
      .resume()
      .on('end', () => response.end(JSON.stringify(known ? answer : { __type: 'a#ExpiredTokenException' })))
  })
  return `http://127.0.0.1:${port}`
}

const succeeds = (answer: Promise<unknown>) =>
  answer.then(
    () => true,
    () => false,
  )

/** How each client is asked something; answers whether it was answered. */
const clients: Readonly<Record<string, (t: TestContext) => Promise<() => Promise<boolean>>>> = {
  async DynamoDB(t) {
    const endpoint = await startPickyService(t, {})
    const store = dynamoDbTranscriptStore({ endpoint, region: 'local', table: 'said', clock: systemClock })
    t.after(() => store.close())
    return () => succeeds(store.ping())
  },
  async 'Amazon Translate'(t) {
    const endpoint = await startPickyService(t, { TranslatedText: 'la casa' })
    const translator = new AmazonTranslate({ region: 'local', endpoint }, systemClock)
    t.after(() => translator.close())
    const request = { text: 'the house', from: 'en', to: 'es', signal: new AbortController().signal }
    return async () => 'text' in (await translator.translate(request))
  },
  async 'Amazon Transcribe'(t) {
    const server = await startTranscribeServer(countingEars())
    t.after(() => server.close())
    server.faults.onlyKey = 'NEW'
    const engine = await createEngine({ name: 'amazon-transcribe', region: 'us-east-1', endpoint: server.url }, 2)
    t.after(() => engine.close())
    return async () => {
      const opened = await engine.open({ language: 'en', onText: () => undefined, onFailure: () => undefined })
      if (isFailure(opened)) return false
      opened.close()
      return true
    }
  },
}

for (const [service, connect] of Object.entries(clients)) {
  test(`[S14] ${service}: a key that was renewed in the shared file is taken up without a restart`, async (t) => {
    await putKey('OLD')
    const ask = await connect(t)
    assert.equal(await ask(), false)
    await putKey('NEW')
    assert.equal(await ask(), true)
  })
}

test('[S17] credentials that are put there after the start are found', async (t) => {
  await rm(file, { force: true })
  const ask = await clients['DynamoDB']?.(t)
  assert.equal(await ask?.(), false)
  await putKey('NEW')
  assert.equal(await ask?.(), true)
})

test('[S16] while credentials stay refused they are looked for less and less often', async (t) => {
  await putKey('OLD')
  const clock = new SettableClock()
  const credentials = new AwsCredentials(clock)
  const endpoint = await startPickyService(t, { TableNames: [] })
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials: credentials.provide })
  t.after(() => client.destroy())
  credentials.watch(client)
  const ask = () => succeeds(client.send(new ListTablesCommand()))
  for (const pauseMs of [0, 1_000, 2_000]) {
    clock.advance(pauseMs)
    assert.deepEqual([await ask(), await ask()], [false, false])
  }
  await putKey('NEW')
  clock.advance(3_999)
  assert.deepEqual([await ask(), await ask()], [false, false])
  clock.advance(1)
  assert.deepEqual([await ask(), await ask()], [false, true])
})

test('[S15] credentials for an endpoint of one’s own have their session token, too', () => {
  const [DYNAMODB_ENDPOINT, AWS_REGION, TRANSCRIPTS_TABLE] = ['http://127.0.0.1:1', 'local', 'said']
  const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_SESSION_TOKEN: 'c' }
  const { credentials } = tableLocation({ DYNAMODB_ENDPOINT, AWS_REGION, TRANSCRIPTS_TABLE, ...keys }, 'said')
  assert.deepEqual(credentials, { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' })
  assert.ok('AWS_SESSION_TOKEN' in dynamoDbSettings)
})
