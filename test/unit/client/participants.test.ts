import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addParticipant,
  addTrack,
  changeTrack,
  removeParticipant,
  removeTrack,
} from '../../../client/sdk/participants.ts'
import type { ConsumerDescription } from '../../../shared/protocol/messages.ts'

const ada = { participantId: 'ada', displayName: 'Ada', language: 'en', captioned: true }
const camera: ConsumerDescription = {
  consumerId: 'c1',
  producerId: 'p1',
  participantId: 'ada',
  source: 'camera',
  kind: 'video',
  rtpParameters: {
    codecs: [{ mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 }],
    encodings: [{ ssrc: 1 }],
  },
  producerPaused: false,
}

test('somebody who comes twice is there once', () => {
  const twice = addParticipant(addParticipant([], ada), { ...ada, displayName: 'Ada L.' })
  assert.deepEqual(
    twice.map(({ displayName }) => displayName),
    ['Ada L.'],
  )
})

test('a new track of a source takes the place of the old one', () => {
  const participants = [camera, { ...camera, consumerId: 'c2' }].reduce(addTrack, addParticipant([], ada))
  assert.deepEqual(
    participants[0]?.tracks.map(({ consumerId }) => consumerId),
    ['c2'],
  )
})

test('a track of somebody who has left is nobody’s', () => {
  const left = removeParticipant(addParticipant([], ada), 'ada')
  assert.deepEqual(addTrack(left, camera), [])
})

test('a change reaches the one track that it names', () => {
  const microphone: ConsumerDescription = { ...camera, consumerId: 'm1', source: 'microphone', kind: 'audio' }
  const before = [camera, microphone].reduce(addTrack, addParticipant([], ada))
  const after = changeTrack(before, 'm1', { paused: true })
  assert.deepEqual(
    after[0]?.tracks.map(({ consumerId, paused }) => [consumerId, paused]),
    [
      ['c1', false],
      ['m1', true],
    ],
  )
})

test('a track that is gone stays gone, whatever is heard of it', () => {
  const gone = removeTrack(addTrack(addParticipant([], ada), camera), 'c1')
  assert.deepEqual(changeTrack(gone, 'c1', { media: { status: 'failed' } })[0]?.tracks, [])
})
