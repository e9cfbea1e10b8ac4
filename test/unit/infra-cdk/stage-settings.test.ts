import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readStageSettings } from '../../../infra-cdk/stage-settings.ts'
import { exampleSettings } from './example-stage.ts'

const problemsOf = (given: unknown): readonly string[] => {
  try {
    readStageSettings(given)
    return []
  } catch (error) {
    return error instanceof Error ? error.message.split('\n').slice(1) : []
  }
}
const names = (given: unknown) => problemsOf(given).map((line) => line.trim().split(':')[0])

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

test('[I20] the example is a stage, and nothing is no stage', () => {
  assert.deepEqual(problemsOf(exampleSettings()), [])
  for (const nothing of [undefined, null, [], 'x', {}]) assert.ok(problemsOf(nothing).length > 0)
})
