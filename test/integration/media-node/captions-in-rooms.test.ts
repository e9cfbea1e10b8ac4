import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CaptionsInRooms } from '../../../media-node/captions-in-rooms.ts'
import type { Participant } from '../../../media-node/sfu/participant.ts'
import type { Room } from '../../../media-node/sfu/room.ts'
import type { Rooms } from '../../../media-node/sfu/rooms.ts'
import type { WorkerPool } from '../../../media-node/sfu/worker-pool.ts'
import { caption, captionsStatus } from '../../../shared/protocol/caption.ts'
import type { ParticipantDescription } from '../../../shared/protocol/messages.ts'
import type { TranscriptLine, TranscriptRooms } from '../../../shared/transcript-store/transcript-store.ts'
import { CaptionRoom } from '../../unit/captions/caption-room.ts'
import { inSpanish } from '../../unit/captions/scripted-translator.ts'
import { openRoom } from './open-room.ts'
import { opus, vp8 } from './rtp.ts'
import { startPool } from './test-router.ts'
import { until } from './until.ts'

/** Real rooms with real taps; what is said is what the test has the recognition say. */

type Somebody = {
  readonly participant: Participant
  readonly told: { readonly event: string; readonly data: object }[]
}

let pool: WorkerPool
let rooms: Rooms
let room: Room
let captions: CaptionRoom
let captionsInRooms: CaptionsInRooms
let kept: unknown[]

before(async () => {
  pool = await startPool({ workers: 1, port: 0 })
})
beforeEach(async () => {
  kept = []
  const roomOf = (source: Room, events = {}) => {
    captions = new CaptionRoom({ source, events })
    return captions.captions
  }
  const keep = (of: TranscriptRooms, { speaker, text, translations }: TranscriptLine) =>
    kept.push([of, speaker, text, translations])
  captionsInRooms = new CaptionsInRooms({ room: roomOf }, { keep })
  const opened = (followed: Room) => captionsInRooms.follow(followed)
  ;({ rooms, room } = await openRoom({ createRouter: () => pool.createRouter(), opened }))
})
afterEach(() => rooms.close('draining'))
after(() => pool.close())

async function joins(participantId: string, description: Partial<ParticipantDescription> = {}): Promise<Somebody> {
  const told: Somebody['told'] = []
  const all = { participantId, displayName: `${participantId} by name`, language: 'en', captioned: true }
  const participant = room.add(
    { description: { ...all, ...description }, maxParticipants: 5, caller: 'caller' },
    {
      greet: () => undefined,
      notify: (event, data) => told.push({ event, data }),
      close: () => undefined,
    },
  )
  await participant.open()
  return { participant, told }
}

async function speaks(participantId: string, description: Partial<ParticipantDescription> = {}): Promise<Somebody> {
  const somebody = await joins(participantId, description)
  await somebody.participant.produce({ kind: 'audio', source: 'microphone', rtpParameters: opus(1) })
  return somebody
}

const captionsOf = ({ told }: Somebody) =>
  told.filter(({ event }) => event === 'caption').map(({ data }) => caption.parse(data))
const statusesOf = ({ told }: Somebody) =>
  told.filter(({ event }) => event === 'captions-status').map(({ data }) => captionsStatus.parse(data))
const listening = (taps: number) => until(() => assert.equal(room.counts().taps, taps))

test('[M54] a reader reads in the language they ask for, else in the one they speak at that moment', async () => {
  await speaks('ann')
  const [ben, eva] = [await joins('ben'), await joins('eva', { language: 'es' })]
  captionsInRooms.setCaptions(ben.participant, { enabled: true })
  captionsInRooms.setCaptions(eva.participant, { enabled: true })
  await listening(1)
  await until(() => assert.equal(captions.streams.length, 1))
  captions.translator.answers = inSpanish
  captions.say('s', 0, 'good morning', { final: true })
  await nextTurn()
  assert.deepEqual(
    captionsOf(ben).map(({ translations }) => translations),
    [undefined],
  )
  assert.deepEqual(
    captionsOf(eva).map(({ translations }) => translations),
    [{ es: 'es: good morning' }],
  )

  eva.participant.setSpeech({ language: 'en' })
  const reply = captionsInRooms.setCaptions(eva.participant, { enabled: true })
  assert.deepEqual(reply.captions, captionsOf(ben))
  const spanish = captionsInRooms.setCaptions(ben.participant, { enabled: true, language: 'es' })
  assert.deepEqual(spanish.captions, captionsOf(eva))
  assert.deepEqual(captionsInRooms.setCaptions(ben.participant, { enabled: false }), { captions: [] })
})

test('[M55] opting out ends the tap and tells readers nothing but the end of the sentence, until they are back', async () => {
  const ann = await speaks('ann')
  const ben = await joins('ben')
  captionsInRooms.setCaptions(ben.participant, { enabled: true })
  await listening(1)
  await until(() => assert.equal(captions.streams.length, 1))
  captions.say('s', 0, 'good morn')
  ben.told.length = 0
  ann.participant.setSpeech({ captioned: false })
  assert.deepEqual([room.counts().taps, captions.streams[0]?.open], [0, false])
  await ann.participant.produce({ kind: 'video', source: 'camera', rtpParameters: vp8(2) })
  captions.say('s', 1, 'good morning')
  assert.deepEqual(
    ben.told.map(({ event }) => event),
    ['participant-changed', 'caption'],
  )
  assert.deepEqual(
    captionsOf(ben).map(({ final }) => final),
    [true],
  )
  ann.participant.setSpeech({ captioned: true })
  await listening(1)
  await until(() => assert.equal(captions.streams.length, 2))
  ann.participant.setSpeech({ language: 'es' })
  await until(() => assert.equal(captions.streams.length, 3))
  await listening(1)
  assert.deepEqual(
    captions.streams.map(({ language, open, finishing }) => [language, open, finishing]),
    [
      ['en', false, false],
      ['en', true, true],
      ['es', true, false],
    ],
  )
})

test('[M56] who opted out before they speak is not tapped, and a camera never is', async () => {
  const ann = await joins('ann')
  ann.participant.setSpeech({ captioned: false })
  await ann.participant.produce({ kind: 'audio', source: 'microphone', rtpParameters: opus(1) })
  await ann.participant.produce({ kind: 'video', source: 'camera', rtpParameters: vp8(2) })
  captionsInRooms.setCaptions(ann.participant, { enabled: true })
  const ben = await joins('ben')
  await ben.participant.produce({ kind: 'audio', source: 'microphone', rtpParameters: opus(3) })
  await listening(1)
  await until(() => assert.equal(captions.streams.length, 1))
  assert.deepEqual(statusesOf(ann), [{ status: 'started' }])
})

test('[G394] a speaker who is not understood is told so though they read no captions, once until words of theirs have come', async () => {
  const [ann, ben, cid] = [await speaks('ann'), await joins('ben'), await joins('cid')]
  const notUnderstood = { status: 'degraded', reason: 'not_understood' } as const
  const told = { ...notUnderstood, participantId: 'ann' }
  const understood = { status: 'resumed', participantId: 'ann' }
  for (const streams of [1, 2]) {
    captionsInRooms.setCaptions(ben.participant, { enabled: true })
    await until(() => assert.equal(captions.streams.length, streams))
    captions.status(notUnderstood)
    assert.deepEqual(statusesOf(ben).at(-1), told)
    captionsInRooms.setCaptions(ben.participant, { enabled: false })
  }
  assert.deepEqual(statusesOf(ann), [told])

  captionsInRooms.setCaptions(ben.participant, { enabled: true })
  await until(() => assert.equal(captions.streams.length, 3))
  captions.say('s', 0, '')
  assert.deepEqual(statusesOf(ann), [told])
  captions.say('s', 1, 'good')
  captions.say('s', 2, 'good morning')
  assert.deepEqual(statusesOf(ann), [told, understood])
  captions.status(notUnderstood)
  captions.status({ status: 'resumed' })
  captions.status({ status: 'degraded', reason: 'overloaded' })
  assert.deepEqual(statusesOf(ann), [told, understood, told])
  assert.deepEqual(statusesOf(cid), [])
})

test('[G395] a speaker who reads captions is told that they are not understood as any reader is', async () => {
  const ann = await speaks('ann')
  captionsInRooms.setCaptions(ann.participant, { enabled: true })
  await until(() => assert.equal(captions.streams.length, 1))
  captions.status({ status: 'degraded', reason: 'not_understood' })
  assert.deepEqual(statusesOf(ann), [
    { status: 'started' },
    { status: 'degraded', reason: 'not_understood', participantId: 'ann' },
  ])
})

test('[G396] what a speaker was told ends with their microphone, and with their wish to be captioned', async () => {
  const ann = await speaks('ann')
  const ben = await joins('ben')
  captionsInRooms.setCaptions(ben.participant, { enabled: true })
  await until(() => assert.equal(captions.streams.length, 1))
  captions.status({ status: 'degraded', reason: 'not_understood' })
  captionsInRooms.setCaptions(ben.participant, { enabled: false })
  captions.finished()
  ann.participant.setSpeech({ captioned: false })
  const told = ['degraded', 'resumed']
  assert.deepEqual(
    statusesOf(ann).map(({ status }) => status),
    told,
  )
  ann.participant.setSpeech({ captioned: true })
  captionsInRooms.setCaptions(ben.participant, { enabled: true })
  await until(() => assert.equal(captions.streams.length, 2))
  captions.status({ status: 'degraded', reason: 'not_understood' })
  captionsInRooms.setCaptions(ben.participant, { enabled: false })
  for (const producer of ann.participant.producers) ann.participant.closeProducer(producer.id)
  assert.deepEqual(
    statusesOf(ann).map(({ status }) => status),
    [...told, ...told],
  )
})

test('[M57] what was said is kept under its room and the time that was made, and what a room closes upon as well', async () => {
  await speaks('ann')
  const ben = await joins('ben', { language: 'es' })
  captionsInRooms.setCaptions(ben.participant, { enabled: true })
  await until(() => assert.equal(captions.streams.length, 1))
  captions.translator.answers = inSpanish
  captions.say('s', 0, 'good morning', { final: true })
  await nextTurn()
  captions.say('t', 0, 'good ni')
  rooms.close('draining')
  captions.say('t', 1, 'good night', { final: true })
  assert.deepEqual(kept, [
    [{ roomId: 'room', createdAt: 7 }, 'ann by name', 'good morning', {}],
    [{ roomId: 'room', createdAt: 7 }, 'ann by name', 'good morning', { es: 'es: good morning' }],
    [{ roomId: 'room', createdAt: 7 }, 'ann by name', 'good night', {}],
  ])
})
