import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GapWatch } from '../../chaos/clients/participant/gap-watch.ts'

test('[Y1] a gap lasts from what came before it to what came after it, and shorter ones are none', () => {
  const watch = new GapWatch(60)
  for (const at of [0, 10, 20, 79, 139, 200]) watch.note(at)
  assert.deepEqual(watch.gaps, [
    { from: 79, to: 139 },
    { from: 139, to: 200 },
  ])
  assert.equal(watch.last, 200)
})

test('[Y1] a gap that had begun when the others were forgotten is told whole', () => {
  const watch = new GapWatch(60)
  for (const at of [0, 100]) watch.note(at)
  watch.forget()
  watch.note(300)
  assert.deepEqual(watch.gaps, [{ from: 100, to: 300 }])
})
