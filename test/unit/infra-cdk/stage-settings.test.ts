import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readStageSettings } from '../../../infra-cdk/stage-settings.ts'
import { exampleSettings } from './example-stage.ts'

const problemsOf = (given: unknown, name = 'example'): readonly string[] => {
  try {
    readStageSettings(given, name)
    return []
  } catch (error) {
    return error instanceof Error ? error.message.split('\n').slice(1) : []
  }
}
const names = (given: unknown) => problemsOf(given).map((line) => line.trim().split(':')[0])

/** The example, but for one setting. */
const exampleWith = (path: string, value: unknown): unknown => {
  const settings = JSON.parse(JSON.stringify(exampleSettings()))
  const keys = path.split('.')
  keys.slice(0, -1).reduce((at, key) => at[key], settings)[keys.at(-1) ?? ''] = value
  return settings
}

const WRONG: Readonly<Record<string, unknown>> = {
  stage: 'Prod!',
  account: '12',
  region: 'Frankfurt',
  availabilityZones: ['eu-central-1a'],
  'domain.name': 'calls',
  'domain.hostedZoneId': 'calls.example.com',
  alarmEmails: [],
  'api.customDomain': 'yes',
  'api.requestsPerSecond': 0,
  'api.burst': 1.5,
  'api.reservedConcurrency': 0,
  'media.instanceType': 'large',
  'media.minNodes': 0,
  'media.maxNodes': 501,
  'media.targetLoad': 0.8,
  'media.drainMinutes': 0,
  'media.settings.STT_ENGINE': 'pocketsphinx\nTLS_FOLDER=/',
  'valkey.kind': 'redis',
  'valkey.mostGigabytes': 0,
  'valkey.mostEcpuPerSecond': 1,
  'allowedOrigins.0': 'app.example.com',
  'page.guests': 'yes',
}

test('[I20] all that is wrong with the settings of a stage is told at once, also what is wrong together', () => {
  const example = exampleSettings()
  const given = {
    ...example,
    account: 'mine',
    availabilityZones: ['us-east-1a', 'us-east-1a'],
    alarmEmails: ['nobody'],
    media: { ...example.media, minNodes: 5, maxNodes: 2, targetLoad: 0.9 },
    page: {
      guests: true,
      domain: { name: 'elsewhere.example', certificateArn: 'arn:aws:acm:eu-west-1:1:certificate/x' },
    },
    surplus: 1,
  }
  const found = names(given)
  for (const name of [
    'account',
    'availabilityZones',
    'alarmEmails.0',
    'media.maxNodes',
    'media.targetLoad',
    'page.domain.name',
    'page.domain.certificateArn',
  ]) {
    assert.ok(found.includes(name), `${name} is among ${found.join(', ')}`)
  }
  assert.ok(problemsOf(given).some((line) => line.includes('surplus')))
  assert.equal(found.filter((name) => name === 'availabilityZones').length, 2)
})

test('[I20] each setting that is wrong is named, and nothing else is', () => {
  for (const [path, value] of Object.entries(WRONG)) {
    const named = names(exampleWith(path, value)).filter((name) => name !== path)
    const alsoInOtherZones = path === 'region' ? ['availabilityZones'] : []
    assert.deepEqual(named, alsoInOtherZones, path)
    assert.ok(names(exampleWith(path, value)).includes(path), path)
  }
  const nodes = { kind: 'nodes', nodeType: 'large', nodes: 1 }
  assert.deepEqual(names(exampleWith('valkey', nodes)), ['valkey.nodeType', 'valkey.nodes'])
})

test('[I20] the example is a stage, and nothing is no stage', () => {
  assert.deepEqual(problemsOf(exampleSettings()), [])
  for (const nothing of [undefined, null, [], 'x', {}]) assert.ok(problemsOf(nothing).length > 0)
})

test('[I20] a stage that is not called as its file is none, and nothing would be deployed under another name', () => {
  assert.deepEqual(problemsOf(exampleSettings(), 'prod'), ['  stage: is not "prod", as its file is called'])
  assert.equal(problemsOf(exampleWith('account', '12'), 'prod').length, 2)
})
