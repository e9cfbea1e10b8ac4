import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callerOf } from '../../../shared/caller-address.ts'

test('[N40] an IPv6 /64 counts as one caller, and an IPv4 address as one however it is written', () => {
  const same = [
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
    ['2001:DB8:1:2:0:0:0:1', '2001:db8:1:2::9'],
    ['192.0.2.7', '::ffff:192.0.2.7'],
    ['192.0.2.7', '::ffff:c000:207'],
    ['fe80::1%eth0', 'fe80::2'],
  ] as const
  for (const [one, other] of same) assert.equal(callerOf(one), callerOf(other), `${one} and ${other}`)
  const different = [
    ['2001:db8:1:2::1', '2001:db8:1:3::1'],
    ['192.0.2.7', '192.0.2.8'],
    ['::ffff:192.0.2.7', '::ffff:192.0.2.8'],
    ['::1', '::ffff:0.0.0.1'],
    ['2001:db8::1', '2001:db8:0:1::1'],
  ] as const
  for (const [one, other] of different) assert.notEqual(callerOf(one), callerOf(other), `${one} and ${other}`)
  assert.equal(callerOf('unknown'), 'unknown')
  assert.equal(callerOf(''), '')
})
