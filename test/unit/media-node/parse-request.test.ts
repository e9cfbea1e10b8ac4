import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseData, parseEnvelope, parseMethod } from '../../../media-node/signalling/parse-request.ts'
import { CallError, type ErrorCode } from '../../../shared/protocol/error-code.ts'

const refused = (code: ErrorCode) => (error: unknown) => error instanceof CallError && error.code === code

test('[M87] a request is an id, a method and data, and data may be left out', () => {
  assert.deepEqual(parseEnvelope('{"id":1,"method":"ping"}'), { id: 1, method: 'ping' })
  assert.deepEqual(parseEnvelope('{"id":2,"method":"x","data":[1],"more":1}'), { id: 2, method: 'x', data: [1] })
  for (const text of [
    '',
    '{',
    'null',
    '{"id":1.5,"method":"ping"}',
    '{"id":1}',
    `{"id":1,"method":"${'x'.repeat(65)}"}`,
  ]) {
    assert.throws(() => parseEnvelope(text), refused('bad_request'), text)
  }
})

test('[M87] only the documented methods are known, not what every object has', () => {
  assert.equal(parseMethod('produce'), 'produce')
  for (const method of ['toString', '__proto__', 'Produce', '']) {
    assert.throws(() => parseMethod(method), refused('unknown_method'), method)
  }
})

test('[M87] data is stripped of what is not documented, and a refusal names the place and never the value', () => {
  assert.deepEqual(parseData('set-captions', { enabled: true, more: 1 }), { enabled: true })
  assert.deepEqual(parseData('ping', undefined), {})
  const wrong = () => parseData('close-producer', { producerId: ['private'] })
  assert.throws(wrong, (error) => error instanceof CallError && /data\.producerId/.test(error.message))
  assert.throws(wrong, (error) => error instanceof CallError && !/private/.test(error.message))
})
