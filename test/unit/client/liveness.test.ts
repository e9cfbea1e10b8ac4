import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { watchLiveness } from '../../../client/sdk/liveness.ts'
import { ManualTimer } from './manual-timer.ts'

const LONG_MS = 60_000

function watch(ping: () => Promise<unknown>) {
  const clock = new ManualTimer()
  const seen = { pings: 0, losses: 0 }
  const { check, stop } = watchLiveness({
    ping: () => {
      seen.pings += 1
      return ping()
    },
    onLost: () => {
      seen.losses += 1
    },
    timer: clock.timer,
  })
  const pass = async () => {
    clock.advance(LONG_MS)
    await setImmediate()
  }
  return { seen, check, stop, pass }
}

test('a media node that answers is asked again and again', async () => {
  const { seen, pass } = watch(async () => {})
  await pass()
  await pass()
  assert.deepEqual(seen, { pings: 2, losses: 0 })
})

test('a media node that does not answer is lost, once, and asked no more', async () => {
  const { seen, pass } = watch(() => Promise.reject(new Error('no answer')))
  await pass()
  await pass()
  assert.deepEqual(seen, { pings: 1, losses: 1 })
})

test('a ping that fails after the call has ended is nobody’s loss', async () => {
  const unanswered = Promise.withResolvers<void>()
  const { seen, stop, pass } = watch(() => unanswered.promise)
  await pass()
  stop()
  unanswered.reject(new Error('closed'))
  await pass()
  assert.deepEqual(seen, { pings: 1, losses: 0 })
})

test('[W17] a change of network is followed by a ping at once, and by no more pings than before', async () => {
  const { seen, check, pass } = watch(async () => {})
  check()
  assert.equal(seen.pings, 1)
  await setImmediate()
  await pass()
  await pass()
  assert.equal(seen.pings, 3)
})
