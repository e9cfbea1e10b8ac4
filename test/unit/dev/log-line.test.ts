import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readLogLine } from '../../../dev/log-line.ts'

test('[E4] a JSON log is shown as its level, message and fields', () => {
  const line = '{"level":30,"time":1,"pid":2,"hostname":"h","name":"n","msg":"room made","room":"r1","count":2}'
  assert.deepEqual(readLogLine(line), { level: 30, text: 'info room made room=r1 count=2' })
})

test('[E4] an error is shown with its stack', () => {
  const { level, text } = readLogLine('{"level":50,"msg":"failed","err":{"message":"m","stack":"Error: m\\n  at x"}}')
  assert.equal(level, 50)
  assert.equal(text, 'ERROR failed \nError: m\n  at x')
})

for (const line of ['Segmentation fault', '{"no":"level"}', '{broken', '']) {
  test(`[E4] what is no log ("${line}") is shown as it is, and as a warning`, () => {
    assert.deepEqual(readLogLine(line), { level: 40, text: line })
  })
}
