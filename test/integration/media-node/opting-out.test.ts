import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { Participant } from '../../../media-node/sfu/participant.ts'
import type { Room } from '../../../media-node/sfu/room.ts'
import type { Rooms } from '../../../media-node/sfu/rooms.ts'
import type { WorkerPool } from '../../../media-node/sfu/worker-pool.ts'
import { CallError } from '../../../shared/protocol/error-code.ts'
import { openRoom } from './open-room.ts'
import { opus } from './rtp.ts'
import { startPool } from './test-router.ts'
import { until } from './until.ts'

let pool: WorkerPool
let rooms: Rooms
let room: Room
let transportsMade: number
before(async () => {
  pool = await startPool({ workers: 1, port: 0 })
})
beforeEach(async () => {
  const createRouter = async () => {
    const home = await pool.createRouter()
    transportsMade = 0
    home.router.observer.on('newtransport', () => {
      transportsMade += 1
    })
    return home
  }
  ;({ rooms, room } = await openRoom({ createRouter }))
})
afterEach(() => rooms.close('draining'))
after(() => pool.close())

async function speaks(participantId: string, ssrc: number): Promise<{ speaker: Participant; producerId: string }> {
  const description = { participantId, displayName: participantId, language: 'en', captioned: true }
  const speaker = room.add(
    { description, maxParticipants: 5, caller: 'caller' },
    {
      greet: () => undefined,
      notify: () => undefined,
      close: () => undefined,
    },
  )
  await speaker.open()
  const { id } = await speaker.produce({ kind: 'audio', source: 'microphone', rtpParameters: opus(ssrc) })
  return { speaker, producerId: id }
}

const tap = (producerId: string) => room.tap(producerId, () => undefined)
const isForbidden = (error: unknown) => error instanceof CallError && error.code === 'forbidden'

/** As the worker has them: two transports for each participant, one for all taps, and no consumer but theirs. */
async function heldByWorker(): Promise<{ transports: number; consumers: number }> {
  const { transportIds, mapConsumerIdProducerId } = await room.dump()
  return { transports: transportIds.length, consumers: mapConsumerIdProducerId.length }
}

test('[M49] who opts out has no tap from then on, nor has the worker anything of it, and others keep theirs', async () => {
  const [ann, ben] = [await speaks('ann', 1), await speaks('ben', 2)]
  const taps = [await tap(ann.producerId), await tap(ann.producerId), await tap(ben.producerId)]
  assert.deepEqual(await heldByWorker(), { transports: 5, consumers: 3 })
  ann.speaker.setSpeech({ captioned: false })
  assert.deepEqual([taps.map(({ closed }) => closed), room.counts().taps], [[true, true, false], 1])
  await until(async () => assert.deepEqual(await heldByWorker(), { transports: 5, consumers: 1 }))
  await assert.rejects(tap(ann.producerId), isForbidden)
  ben.speaker.setSpeech({ captioned: false })
  await until(async () => assert.deepEqual(await heldByWorker(), { transports: 4, consumers: 0 }))

  ann.speaker.setSpeech({ captioned: true })
  const again = await tap(ann.producerId)
  assert.ok(!again.closed)
  await assert.rejects(tap(ben.producerId), isForbidden)
})

test('[M53] a tap that is being made while its speaker opts out does not survive', async () => {
  const ann = await speaks('ann', 1)
  const late = [tap(ann.producerId), tap(ann.producerId)]
  ann.speaker.setSpeech({ captioned: false })
  for (const made of late) await assert.rejects(made, isForbidden)
  assert.equal(room.counts().taps, 0)
  await until(async () => assert.deepEqual(await heldByWorker(), { transports: 2, consumers: 0 }))
})

test('[M53] who opts out before they send a track is not tapped either', async () => {
  const ann = await speaks('ann', 1)
  ann.speaker.closeProducer(ann.producerId)
  ann.speaker.setSpeech({ captioned: false })
  const { id } = await ann.speaker.produce({ kind: 'audio', source: 'microphone', rtpParameters: opus(3) })
  await assert.rejects(tap(id), isForbidden)
  assert.deepEqual(await heldByWorker(), { transports: 2, consumers: 0 })
  assert.equal(transportsMade, 2, 'nor was a tap made and closed')
})
