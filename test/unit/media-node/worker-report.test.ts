import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseWorkerReport } from '../../../media-node/sfu/worker-report.ts'

test('[M430] a media worker says what it gave up, what it crashes of, and whose that was', () => {
  assert.deepEqual(parseWorkerReport('jbcalling dropped sender=4e0-a count=17 reason=too long'), {
    kind: 'dropped',
    senderId: '4e0-a',
    count: 17,
    why: 'too long',
  })
  assert.deepEqual(parseWorkerReport('jbcalling crashed sender=4e0-a signal=11'), {
    kind: 'crashed',
    senderId: '4e0-a',
    count: 1,
    why: 'signal 11',
  })
  assert.equal(parseWorkerReport('jbcalling crashed sender= signal=06')?.senderId, undefined)
  for (const line of [
    '',
    '(ABORT) x',
    ' jbcalling crashed sender=a signal=6',
    'jbcalling crashed sender=a b signal=6',
  ]) {
    assert.equal(parseWorkerReport(line), undefined, line)
  }
})
