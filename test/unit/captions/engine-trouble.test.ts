import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EngineTrouble, failureOf } from '../../../media-node/captions/engines/engine-trouble.ts'

test('[G98] an error that nobody foresaw is told by its code alone, which is no place for a secret', () => {
  const error = Object.assign(new Error('connect to ws://key@10.0.0.1 said: hello'), { code: 'ECONNRESET' })
  assert.deepEqual(failureOf(error), { kind: 'unreachable', detail: 'ECONNRESET' })
  for (const other of [new Error('hello'), 'hello', null, { code: 'hello you' }, { code: 7 }]) {
    assert.deepEqual(failureOf(other), { kind: 'unreachable', detail: 'failed without a code' })
  }
  assert.deepEqual(failureOf(new EngineTrouble('refused', 'why')), { kind: 'refused', detail: 'why' })
})
