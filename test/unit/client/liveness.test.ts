import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { watchLiveness } from '../../../client/sdk/liveness.ts'
import { ManualTimer } from './manual-timer.ts'

const LONG_MS = 60_000

function watch(ping: () => Promise<unknown>) {
  const clock = new ManualTimer()
  const seen = { pings: 0, losses: 0 }
  const stop = watchLiveness({
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
  return { seen, stop, pass }
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
