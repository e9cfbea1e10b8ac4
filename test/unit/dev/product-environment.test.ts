import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ANY_AWS_ACCOUNT,
  controlPlaneEnvironment,
  mediaNodeEnvironment,
  type Placement,
} from '../../../dev/product-environment.ts'

const placement: Placement = {
  port: 8080,
  mediaPort: 40_000,
  nodes: 3,
  workersPerNode: 12,
  redisUrl: 'redis://127.0.0.1:1',
  dynamoDbEndpoint: 'http://127.0.0.1:2',
  awsAccount: ANY_AWS_ACCOUNT,
  signingKeyFile: '/key.json',
  spoolFolder: '/spool',
}

test('[E3] no two media nodes share a name or a port, however many workers they have', () => {
  const nodes = [0, 1, 2].map((node) => mediaNodeEnvironment(placement, node))
  const names = nodes.map((env) => env['NODE_ID'])
  const signalling = nodes.flatMap((env) => [env['PORT'], env['METRICS_PORT']])
  const media = nodes.flatMap((env) =>
    Array.from({ length: placement.workersPerNode }, (_, worker) => Number(env['MEDIA_PORT']) + worker),
  )
  for (const taken of [names, [...signalling, `${placement.port}`], media.map(String)]) {
    assert.equal(new Set(taken).size, taken.length)
  }
})

test('[E3] a media node lets the page in by either name of this machine', () => {
  const { ALLOWED_ORIGINS } = mediaNodeEnvironment(placement, 0)
  assert.equal(ALLOWED_ORIGINS, 'http://localhost:8080,http://127.0.0.1:8080')
})

test('[E3] no two media nodes share the folder in which finals wait, and all know where they go', () => {
  const nodes = [0, 1, 2].map((node) => mediaNodeEnvironment(placement, node))
  assert.deepEqual(
    nodes.map((env) => env['TRANSCRIPT_SPOOL_DIR']),
    ['/spool/node-1', '/spool/node-2', '/spool/node-3'],
  )
  const { DYNAMODB_ENDPOINT, TRANSCRIPTS_TABLE } = controlPlaneEnvironment(placement)
  for (const env of nodes) {
    assert.deepEqual([env['DYNAMODB_ENDPOINT'], env['TRANSCRIPTS_TABLE']], [DYNAMODB_ENDPOINT, TRANSCRIPTS_TABLE])
  }
})

test('[E3] an account that belongs to the store goes to the media nodes, the one of an embedded store does not', () => {
  assert.equal(mediaNodeEnvironment(placement, 0)['AWS_ACCESS_KEY_ID'], undefined)
  const awsAccount = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key' }
  assert.partialDeepStrictEqual(mediaNodeEnvironment({ ...placement, awsAccount }, 0), awsAccount)
})
