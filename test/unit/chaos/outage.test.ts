import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WayReport } from '../../chaos/clients/participant/gap-watch.ts'
import { outageOf as outage } from '../../chaos/outage.ts'

const FAULT = 10_000
const NOW = 20_000

const way = (source: WayReport['source'], gaps: WayReport['gaps'], last = NOW): WayReport => ({
  participantId: 'ana',
  source,
  last,
  gaps,
})

const outageOf = (ways: readonly WayReport[], since: number, now: number, stalls: WayReport['gaps'] = []) =>
  outage({ ways, stalls, since, now })

test('[Y1] a client is back when the last way that was interrupted plays again for good', () => {
  const ways = [
    way('microphone', [{ from: 10_010, to: 11_000 }]),
    way('camera', [
      { from: 10_020, to: 11_500 },
      { from: 12_000, to: 13_000 },
    ]),
  ]
  assert.deepEqual(outageOf(ways, FAULT, NOW), { backWithin: 3_000, longestMs: 1_480, silences: [990] })
})

test('[Y1] pauses that a busy machine makes are no interruption, and still the longest silence is told', () => {
  const ways = [way('microphone', [{ from: 10_010, to: 10_210 }]), way('camera', [{ from: 10_000, to: 10_700 }])]
  assert.deepEqual(outageOf(ways, FAULT, NOW), { backWithin: 0, longestMs: 0, silences: [200] })
})

test('[Y1] what was before the fault does not count, and of what goes on from there only the rest', () => {
  const ways = [
    way('microphone', [
      { from: 5_000, to: 7_000 },
      { from: 9_000, to: 10_400 },
    ]),
  ]
  assert.deepEqual(outageOf(ways, FAULT, NOW), { backWithin: 400, longestMs: 400, silences: [400] })
})

test('[Y1] a way that does not play yet is interrupted until now, also when it has never played', () => {
  const { last: _, ...never } = way('camera', [])
  assert.equal(outageOf([way('microphone', [], 12_000)], FAULT, NOW).longestMs, 8_000)
  assert.equal(outageOf([never], FAULT, NOW).backWithin, 10_000)
})

test('[Y1] the part of a pause in which the page itself had to wait does not count', () => {
  const ways = [
    way('microphone', [
      { from: 11_000, to: 12_000 },
      { from: 14_000, to: 14_400 },
    ]),
  ]
  const stalls = [
    { from: 11_900, to: 12_050 },
    { from: 14_050, to: 14_390 },
  ]
  assert.deepEqual(outageOf(ways, FAULT, NOW, stalls), { backWithin: 2_000, longestMs: 900, silences: [900] })
})
