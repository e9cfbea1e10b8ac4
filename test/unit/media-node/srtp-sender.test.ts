import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SrtpSender } from '../../raw-media/srtp.ts'

// The reference packets of libsrtp's test/srtp_driver.c, which other implementations quote too.
const master = {
  key: Buffer.from('e1f97a0d3e018be0d64fa32c06de4139', 'hex'),
  salt: Buffer.from('0ec675ad498afeebb6960b3aabe6', 'hex'),
}
const media = 'ab'.repeat(16)

test('[M413] our sender of raw packets protects RTP and RTCP as other implementations do', () => {
  const rtp = new SrtpSender(master).protectRtp(Buffer.from(`800f1234decafbadcafebabe${media}`, 'hex'))
  const encrypted = '4e55dc4ce79978d88ca4d215949d2402'
  assert.equal(rtp.toString('hex'), `800f1234decafbadcafebabe${encrypted}b78d6acc99ea179b8dbb`)
  const rtcp = new SrtpSender(master).protectRtcp(Buffer.from(`81c8000bcafebabe${media}`, 'hex'))
  const control = '7128035be487b9bdbef89041f977a5a8'
  assert.equal(rtcp.toString('hex'), `81c8000bcafebabe${control}80000001993e08cd54d6c1230798`)
})
