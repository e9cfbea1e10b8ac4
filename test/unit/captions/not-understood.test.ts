import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WELL_AGAIN_MS } from '../../../media-node/captions/speaker-troubles.ts'
import { scripted } from './scripted-recognition.ts'

test('[G391] speech without a word for ten seconds is told once, and that it is understood again when words come', async () => {
  const room = scripted()
  const speaker = room.speaker()
  const talk = async (seconds: number, word: string) => {
    await speaker.begin(room.clock.now())
    await room.pass(1_000 * seconds)
    speaker.say(word)
    room.engine.final = word
    speaker.end()
  }
  await talk(9, '')
  assert.deepEqual(speaker.told, [])
  for (let times = 0; times < 5; times += 1) await talk(2, '')
  assert.deepEqual(speaker.told, ['degraded not_understood'])
  assert.equal(room.count('streams_not_understood'), 1)
  await talk(2, 'hello')
  await room.pass(WELL_AGAIN_MS)
  assert.deepEqual(speaker.told, ['degraded not_understood', 'resumed'])
  await talk(9, '')
  assert.equal(speaker.told.length, 2, 'what was not understood before counts no more')
})

test('[G391] a noise now and then does not add up to speech that is not understood', async () => {
  const room = scripted()
  const speaker = room.speaker()
  for (let times = 0; times < 8; times += 1) {
    await speaker.begin(room.clock.now())
    await room.pass(2_000)
    speaker.say('')
    room.engine.final = ''
    speaker.end()
    await room.pass(20_000)
  }
  assert.deepEqual(speaker.told, [])
})
