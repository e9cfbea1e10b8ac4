import assert from 'node:assert/strict'
import { test } from 'node:test'
import { continueTrace, readTraceparent, writeTraceparent } from '../../../shared/protocol/trace-context.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'
const nothing = (bytes: number) => new Uint8Array(bytes)

test('[Q4] a traceparent is read as W3C Trace Context says, of later versions what version 00 has', () => {
  const trace = { traceId: TRACE, parentId: PARENT, flags: '01' }
  assert.deepEqual(readTraceparent(`00-${TRACE}-${PARENT}-01`), trace)
  assert.deepEqual(readTraceparent(`01-${TRACE}-${PARENT}-01-more`), trace)
  assert.equal(writeTraceparent(trace), `00-${TRACE}-${PARENT}-01`)
})

test('[Q4] a traceparent that is malformed or says nothing is none', () => {
  const malformed = [
    undefined,
    '',
    `00-${TRACE}-${PARENT}`,
    `00-${TRACE}-${PARENT}-01-more`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${PARENT}-0g`,
    `ff-${TRACE}-${PARENT}-01`,
    `00-${TRACE.slice(1)}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`,
    ` 00-${TRACE}-${PARENT}-01`,
  ]
  for (const header of malformed) assert.equal(readTraceparent(header), undefined, header)
})

test('[Q4] a trace goes on under its id with another part of it, and one that begins has ids that are not zero', () => {
  const before = { traceId: TRACE, parentId: PARENT, flags: '00' }
  const next = continueTrace(before, (bytes) => new Uint8Array(bytes).fill(0xab))
  assert.deepEqual(next, { traceId: TRACE, parentId: 'ab'.repeat(8), flags: '00' })
  const first = writeTraceparent(continueTrace(undefined, nothing))
  assert.ok(readTraceparent(first), first)
})
