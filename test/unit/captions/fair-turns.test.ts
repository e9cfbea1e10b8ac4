import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LONG_WAIT_MS } from '../../../media-node/captions/engine-access.ts'
import { WELL_AGAIN_MS } from '../../../media-node/captions/speaker-troubles.ts'
import { scripted } from './scripted-recognition.ts'

const CHUNK_MS = 100
const UTTERANCE_MS = 600

test('[G70] twelve who speak at once on two slots are all captioned, every word, and never on more than two', async () => {
  const room = scripted({ maxStreams: 2 })
  const speakers = Array.from({ length: 12 }, () => room.speaker())
  for (const utterance of ['one', 'two', 'three']) {
    await Promise.all(speakers.map((speaker) => speaker.begin()))
    for (let said = 0; said < UTTERANCE_MS; said += CHUNK_MS) {
      for (const [index, speaker] of speakers.entries()) speaker.hear(`${utterance}-${index}-${said}`)
      await room.pass(CHUNK_MS)
      assert.ok(room.engine.recognisers <= 2)
    }
    for (const speaker of speakers) speaker.end()
    await room.pass(CHUNK_MS)
  }
  await room.pass(1_000)
  for (const [index, speaker] of speakers.entries()) {
    const said = Array.from({ length: UTTERANCE_MS / CHUNK_MS }, (_, chunk) => `${index}-${chunk * CHUNK_MS}`)
    const expected = ['one', 'two', 'three'].map((utterance) => said.map((word) => `${utterance}-${word}`).join(' '))
    assert.deepEqual(speaker.finals, expected)
  }
  assert.equal(room.count('chunks_dropped'), 0)
})

test('[G71] who has said nothing for a while gives the slot up at once when somebody waits, and the queue is in order', async () => {
  const room = scripted({ maxStreams: 1 })
  const [idle, first, second] = [room.speaker(), room.speaker(), room.speaker()]
  await idle.begin()
  idle.say('done')
  idle.end()
  assert.equal(room.engine.recognisers, 1)
  await first.begin()
  first.say('hello')
  await second.begin()
  second.say('there')
  await room.pass(CHUNK_MS)
  assert.deepEqual([first.captions.length, second.captions.length], [1, 0])
  first.end()
  await room.pass(CHUNK_MS)
  assert.deepEqual(first.finals, ['hello'])
  assert.equal(second.captions.length, 1)
})

test('[G71] who goes on and on gives the slot up at the end of the utterance, and is next once the others had a turn', async () => {
  const room = scripted({ maxStreams: 1 })
  const [talker, other] = [room.speaker(), room.speaker()]
  await talker.begin()
  talker.say('on')
  await other.begin()
  other.say('may I')
  talker.end()
  await talker.begin()
  talker.say('and on')
  await room.pass(CHUNK_MS)
  assert.deepEqual([talker.finals, other.captions.length], [['on'], 1])
  other.end()
  await room.pass(CHUNK_MS)
  talker.end()
  assert.deepEqual([talker.finals, other.finals], [['on', 'and on'], ['may I']])
})

test('[G71] the slot is kept until the final text has come, and nothing of the next utterance is written before', async () => {
  const room = scripted({ maxStreams: 1 })
  const [slow, other] = [room.speaker(), room.speaker()]
  await slow.begin()
  slow.say('wait')
  await other.begin()
  other.say('me')
  room.engine.mute = true
  slow.end()
  await slow.begin()
  slow.say('more')
  const [stream] = room.engine.streams
  assert.deepEqual(stream?.words, [])
  room.engine.mute = false
  stream?.onText({ text: 'wait', final: true })
  await room.pass(CHUNK_MS)
  assert.deepEqual([slow.finals, other.captions.length], [['wait'], 1])
})

test('[G72] overloaded is told only to who waits long, and resumed once all is caught up', async () => {
  const room = scripted({ maxStreams: 1 })
  const [talker, patient, brief] = [room.speaker(), room.speaker(), room.speaker()]
  await talker.begin()
  talker.say('on')
  await patient.begin()
  patient.say('please')
  await room.pass(LONG_WAIT_MS - CHUNK_MS)
  await brief.begin()
  brief.say('me too')
  await room.pass(CHUNK_MS)
  assert.deepEqual(patient.told, ['degraded overloaded'])
  talker.end()
  await room.pass(CHUNK_MS)
  patient.end()
  await room.pass(WELL_AGAIN_MS + CHUNK_MS)
  assert.deepEqual(patient.told, ['degraded overloaded', 'resumed'])
  assert.deepEqual([talker.told, brief.told], [[], []])
  assert.deepEqual([patient.finals, brief.captions.length], [['please'], 1])
})

test('[G73] who goes while waiting leaves the queue, and who waits in vain opens nothing', async () => {
  const room = scripted({ maxStreams: 1, bufferMs: 100 })
  const [talker, leaver, last] = [room.speaker(), room.speaker(), room.speaker()]
  await talker.begin()
  talker.say('on')
  await leaver.begin()
  await last.begin()
  last.say('heard')
  leaver.recognition.close()
  talker.end()
  await room.pass(CHUNK_MS)
  assert.equal(room.engine.opened, 2)
  assert.equal(last.captions.length, 1)
})
