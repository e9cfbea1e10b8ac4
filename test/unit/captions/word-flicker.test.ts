import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wordFlicker } from '../../../media-node/captions/word-flicker.ts'
import { scripted } from './scripted-recognition.ts'

test('[G74] a word is rewritten when another one, or none, stands in its place afterwards', () => {
  assert.deepEqual(wordFlicker('', 'we will'), { shown: 2, rewritten: 0 })
  assert.deepEqual(wordFlicker('we will', 'we will meet'), { shown: 1, rewritten: 0 })
  assert.deepEqual(wordFlicker('a knee body', 'any body'), { shown: 2, rewritten: 3 })
  assert.deepEqual(wordFlicker('we will', ''), { shown: 0, rewritten: 2 })
})

test('[G74] words shown and rewritten are counted, and shown less rewritten are the words of the finals', async () => {
  const room = scripted()
  const speaker = room.speaker()
  await speaker.begin()
  speaker.say('we', 'well', 'meat')
  room.engine.final = 'we will meet again'
  speaker.end()
  assert.deepEqual(speaker.finals, ['we will meet again'])
  assert.deepEqual([room.count('words_shown'), room.count('words_rewritten')], [6, 2])
})
