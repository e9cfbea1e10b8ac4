import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runningTimer, watchPauses } from '../../../client/sdk/timer.ts'
import { breaks, callWithAda, errorOf, GIVE_UP_MS, phaseOf } from './broken-call.ts'
import { ManualTimer } from './manual-timer.ts'
import { ScriptedWorld } from './scripted-world.ts'

const NIGHT_MS = 36_000_000
const HALF_HOUR_MS = 1_800_000
const SECOND_MS = 1_000

test('[W355] a call that broke before the machine slept is tried again after it woke, and does not end by that', async () => {
  const { world, call } = await callWithAda()
  await world.networkChanges(false)
  await breaks(world)
  world.room = { refusal: 'unavailable', status: 503 }
  await breaks(world)
  await world.sleeps(NIGHT_MS)
  await breaks(world)
  assert.equal(phaseOf(call), 'reconnecting')
  world.room = { nodeId: 'node-1' }
  const attempts = world.connections.length
  await world.networkChanges(true)
  assert.ok(world.connections.length > attempts, 'no attempt was made with the network')
  world.connection.resumed()
  await world.settled()
  assert.equal(phaseOf(call), 'connected')
})

test('[W356] each waking gives a call its whole time to reconnect, and after that it ends', async () => {
  const { world, call } = await callWithAda()
  await breaks(world)
  for (let nights = 0; nights < 3; nights += 1) {
    await world.passes(GIVE_UP_MS - 10 * SECOND_MS)
    await world.sleeps(NIGHT_MS)
  }
  await world.passes(GIVE_UP_MS - 10 * SECOND_MS)
  assert.equal(phaseOf(call), 'reconnecting')
  await world.passes(20 * SECOND_MS)
  assert.equal(errorOf(call), 'connection_lost')
  assert.equal(world.clock.waiting, 0)
})

test('[W357] without a network a call waits half an hour, and ends then', async () => {
  const { world, call } = await callWithAda()
  await world.networkChanges(false)
  await breaks(world)
  await world.passes(HALF_HOUR_MS - 10 * SECOND_MS)
  assert.equal(phaseOf(call), 'reconnecting')
  await world.passes(20 * SECOND_MS)
  assert.equal(errorOf(call), 'connection_lost')
})

test('[W358] a network that comes in the last moment still has the whole time for its attempts', async () => {
  const { world, call } = await callWithAda()
  await breaks(world)
  await world.passes(GIVE_UP_MS - SECOND_MS)
  await world.networkChanges(true)
  await world.passes(GIVE_UP_MS - SECOND_MS)
  assert.equal(phaseOf(call), 'reconnecting')
})

test('[W359] networks that come and go without end do not hold a call for ever', async () => {
  const { world, call } = await callWithAda()
  await breaks(world)
  for (let round = 0; round < 200; round += 1) {
    await world.networkChanges(true)
    await world.passes(SECOND_MS)
  }
  assert.equal(errorOf(call), 'connection_lost')
})

test('[W360] a connection that died in the sleep is noticed by a ping at the first moment after it', async () => {
  const { world, call } = await callWithAda()
  await world.passes(SECOND_MS)
  world.connection.answer('ping', {})
  await world.settled()
  const pings = world.connection.sent('ping').length
  await world.sleeps(NIGHT_MS)
  assert.ok(world.connection.sent('ping').length > pings)
  assert.equal(phaseOf(call), 'connected')
  await world.passes(2 * SECOND_MS)
  assert.equal(phaseOf(call), 'reconnecting')
})

test('[W361] an answer that came in the sleep counts, though its deadline passed there', async () => {
  const { world, call } = await callWithAda()
  await world.passes(SECOND_MS)
  await world.sleeps(NIGHT_MS)
  for (const { id, method } of world.connection.socket.requests) {
    if (method === 'ping') world.connection.socket.deliver({ id, data: {} })
  }
  await world.passes(SECOND_MS)
  assert.equal(phaseOf(call), 'connected')
})

test('[W362] a first join goes on after a sleep', async () => {
  const world = new ScriptedWorld()
  const joining = world.join()
  await world.settled()
  await world.sleeps(NIGHT_MS)
  world.connection.welcome()
  assert.equal(phaseOf(await joining), 'connected')
})

test('[W363] a delay counts the time in which the page ran, however long it was held in between', () => {
  const clock = new ManualTimer()
  let runs = 0
  runningTimer(clock.timer, () => clock.now)(5 * SECOND_MS, () => {
    runs += 1
  })
  for (const ms of [SECOND_MS, SECOND_MS, NIGHT_MS, SECOND_MS, SECOND_MS]) clock.advance(ms)
  assert.equal(runs, 0)
  clock.advance(SECOND_MS)
  assert.equal(runs, 1)
})

test('[W364] timers that a browser holds back all the time come to their end', () => {
  const clock = new ManualTimer()
  let runs = 0
  runningTimer(clock.timer, () => clock.now)(5 * SECOND_MS, () => {
    runs += 1
  })
  for (let minute = 0; minute < 11; minute += 1) clock.advance(60 * SECOND_MS)
  assert.equal(runs, 1)
})

test('[W364] timers that come once a second, as in a background tab, are no pause', () => {
  const clock = new ManualTimer()
  let pauses = 0
  const stop = watchPauses(
    clock.timer,
    () => clock.now,
    () => {
      pauses += 1
    },
  )
  for (let second = 0; second < 10; second += 1) clock.advance(2 * SECOND_MS)
  assert.equal(pauses, 0)
  clock.advance(NIGHT_MS)
  assert.equal(pauses, 1)
  stop()
  assert.equal(clock.waiting, 0)
})
