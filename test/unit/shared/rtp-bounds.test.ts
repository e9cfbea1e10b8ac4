import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requests } from '../../../shared/protocol/messages.ts'
import { receivable, sentCamera, sentMicrophone, sentSimulcast, unspoken } from './chromium-parameters.ts'

const produced = (rtpParameters: object, kind = 'video') =>
  requests.produce.data.safeParse({ kind, source: kind === 'video' ? 'camera' : 'microphone', rtpParameters })
const isTaken = (rtpParameters: object, kind?: string) => produced(rtpParameters, kind).success
const received = (rtpCapabilities: object) => requests.receive.data.safeParse({ rtpCapabilities }).data?.rtpCapabilities

const [vp8, rtx] = sentCamera.codecs
const withVp8 = (changes: object) => ({ ...sentCamera, codecs: [{ ...vp8, ...changes }, rtx] })
const withOpus = (changes: object) => ({ ...sentMicrophone, codecs: [{ ...sentMicrophone.codecs[0], ...changes }] })
const withFormat = (mimeType: string, parameters: object) => withVp8({ mimeType, parameters })

test('[Q25] what Chromium sends and says it can receive is taken as it is', () => {
  assert.deepEqual(produced(sentMicrophone, 'audio').data?.rtpParameters, sentMicrophone)
  assert.deepEqual(produced(sentCamera).data?.rtpParameters, sentCamera)
  assert.deepEqual(produced(sentSimulcast).data?.rtpParameters, sentSimulcast)
  assert.deepEqual(received(receivable), receivable)
})

test("[Q25] Firefox's and Safari's format parameters and CNAMEs are taken, and names of codecs in any case", () => {
  assert.ok(isTaken(withOpus({ parameters: { maxplaybackrate: 48_000, stereo: 1, useinbandfec: 1 } }), 'audio'))
  assert.ok(isTaken(withFormat('video/VP8', { 'max-fs': 12_288, 'max-fr': 60 })))
  assert.ok(isTaken(withFormat('VIDEO/vp9', { 'max-fs': 12_288, 'max-fr': 60, 'profile-id': 0 })))
  assert.ok(
    isTaken(
      withFormat('video/H264', {
        'profile-level-id': '640c1f',
        'level-asymmetry-allowed': 1,
        'packetization-mode': 1,
      }),
    ),
  )
  assert.ok(isTaken({ ...sentCamera, rtcp: { cname: '{7ad3c4b4-1d3f-4a53-9f3c-7b4a3c0f2d11}' } }))
})

test('[Q26] of what a browser can do, the codecs, parameters, feedback and extensions that rooms do not know are left out', () => {
  const all = {
    codecs: [...unspoken.codecs, ...receivable.codecs].map((codec) => ({ ...codec })),
    headerExtensions: [...unspoken.headerExtensions, ...receivable.headerExtensions],
  }
  assert.deepEqual(received(all), receivable)
  const [opus, ...others] = receivable.codecs
  const fancy = {
    ...opus,
    parameters: { ...opus?.parameters, 'x-new': 'yes' },
    rtcpFeedback: [...(opus?.rtcpFeedback ?? []), { type: 'rrtr' }, { type: 'ccm', parameter: 'tmmbr' }],
  }
  assert.deepEqual(received({ ...receivable, codecs: [fancy, ...others] }), receivable)
})

test('[Q27] of what is sent, an unknown codec, format parameter, feedback or extension is refused', () => {
  for (const mimeType of ['video/H265', 'video/red', 'video/x', 'audio/PCMU', 'video/', 'text/VP8', 'video/VP8 x']) {
    assert.ok(!isTaken(withVp8({ mimeType })), mimeType)
  }
  assert.ok(!isTaken(withVp8({ parameters: { useinbandfec: 1 } })))
  assert.ok(!isTaken(withVp8({ parameters: { 'x-google-start-bitrate': 1_000 } })), 'advice is the media node’s')
  assert.ok(isTaken(withFormat('video/AV1', { profile: 0, 'level-idx': 5, tier: 0 })))
  assert.ok(!isTaken(withFormat('video/AV1', { profile: 1 })), 'not everybody decodes it')
  assert.ok(!isTaken(withVp8({ rtcpFeedback: [{ type: 'ccm', parameter: 'tmmbr' }] })))
  assert.ok(!isTaken({ ...sentCamera, headerExtensions: [{ uri: 'urn:x', id: 1 }] }))
  assert.ok(!isTaken(sentMicrophone, 'video') && !isTaken(sentCamera, 'audio'), 'of the other kind')
})

test('[Q28] format parameters have the values that their RFCs allow', () => {
  const opus = (parameters: object) => isTaken(withOpus({ parameters }), 'audio')
  assert.ok(opus({ maxaveragebitrate: 6_000 }) && opus({ maxaveragebitrate: 510_000 }) && opus({ ptime: 120 }))
  for (const parameters of [
    { maxaveragebitrate: 5_999 },
    { maxaveragebitrate: 510_001 },
    { ptime: 121 },
    { ptime: 2 },
    { stereo: 2 },
    { stereo: '1' },
    { stereo: true },
    { stereo: 0.5 },
    { usedtx: null },
  ]) {
    assert.ok(!opus(parameters), JSON.stringify(parameters))
  }
  const h264 = (level: unknown) => isTaken(withFormat('video/H264', { 'profile-level-id': level }))
  assert.ok(h264('42e01f') && h264('42E01F'))
  for (const level of ['42e01', '42e01f0', '42e01g', 420_010, '42e01f;x=1']) assert.ok(!h264(level), `${level}`)
  assert.ok(!isTaken(withFormat('video/H264', { 'packetization-mode': 3 })))
  assert.ok(!isTaken(withFormat('video/VP9', { 'profile-id': 4 })))
  assert.ok(!isTaken(withFormat('video/AV1', { 'level-idx': 32 })))
  const malformed = receivable.codecs.map((codec) => ({ ...codec, parameters: { 'profile-level-id': '42e01' } }))
  assert.equal(received({ ...receivable, codecs: malformed }), undefined)
})

test('[Q29] payload types, SSRCs, ids and clock rates are what RTP allows and mediasoup stands', () => {
  assert.ok(
    isTaken({ ...sentCamera, encodings: [{ ssrc: 1 }] }) &&
      isTaken({ ...sentCamera, encodings: [{ ssrc: 2 ** 32 - 1 }] }),
  )
  for (const encoding of [{ ssrc: 0 }, { ssrc: 2 ** 32 }, { ssrc: -1 }, { ssrc: 1.5 }, { ssrc: 1, rtx: { ssrc: 0 } }]) {
    assert.ok(!isTaken({ ...sentCamera, encodings: [encoding] }), JSON.stringify(encoding))
  }
  for (const payloadType of [-1, 128, 1.5, '96']) assert.ok(!isTaken(withVp8({ payloadType })), `${payloadType}`)
  for (const clockRate of [0, 48_000, 90_001]) assert.ok(!isTaken(withVp8({ clockRate })), `${clockRate}`)
  assert.ok(!isTaken(withOpus({ channels: 1 }), 'audio') && !isTaken(withVp8({ channels: 2 })))
  const extension = (id: number) =>
    isTaken({ ...sentCamera, headerExtensions: [{ ...sentCamera.headerExtensions[0], id }] })
  assert.ok(extension(1) && extension(14) && extension(16) && extension(255))
  assert.ok(!extension(0) && !extension(15) && !extension(256))
})

test('[Q30] an encoding has an SSRC or a RID, never both and never neither, and all of one track have the same', () => {
  const encodings = (...all: object[]) => isTaken({ ...sentCamera, encodings: all })
  assert.ok(encodings({ rid: 'r0' }, { rid: 'r1' }, { rid: 'r2' }) && encodings({ ssrc: 1 }, { ssrc: 2 }))
  assert.ok(!encodings({}) && !encodings({ ssrc: 1, rid: 'r0' }) && !encodings({ ssrc: 1 }, { rid: 'r0' }))
  assert.ok(!encodings({ rid: 'r0' }, { rid: 'r0' }) && !encodings({ ssrc: 1 }, { ssrc: 1 }))
  assert.ok(!encodings({ ssrc: 1, rtx: { ssrc: 1 } }) && !encodings({ ssrc: 1, rtx: { ssrc: 2 } }, { ssrc: 2 }))
  assert.ok(!encodings({ rid: '' }) && !encodings({ rid: 'r'.repeat(17) }) && !encodings({ rid: 'r 0' }))
  for (const scalabilityMode of ['L1T3', 'S3T3', 'L3T3_KEY', 'L2T2h']) {
    assert.ok(encodings({ ssrc: 1, scalabilityMode }), scalabilityMode)
  }
  for (const scalabilityMode of ['', 'L99T99', 'L1T3x', 'T3']) {
    assert.ok(!encodings({ ssrc: 1, scalabilityMode }), scalabilityMode)
  }
})

test('[Q31] the parts of one description go together', () => {
  assert.ok(!isTaken({ ...sentCamera, codecs: [rtx, vp8] }), 'retransmissions first')
  assert.ok(!isTaken({ ...sentCamera, codecs: [vp8, { ...rtx, payloadType: 96 }] }), 'one payload type')
  assert.ok(!isTaken({ ...sentCamera, codecs: [vp8, { ...rtx, parameters: { apt: 98 } }] }), 'apt of nothing')
  assert.ok(!isTaken({ ...sentCamera, codecs: [vp8, { ...rtx, parameters: {} }] }), 'no apt')
  assert.ok(isTaken({ ...sentCamera, encodings: [{ ssrc: 1, codecPayloadType: 96 }] }))
  assert.ok(!isTaken({ ...sentCamera, encodings: [{ ssrc: 1, codecPayloadType: 97 }] }), 'no media')
  const [first, second] = sentCamera.headerExtensions
  assert.ok(!isTaken({ ...sentCamera, headerExtensions: [first, { ...second, id: first?.id }] }))
  assert.ok(!isTaken({ ...sentCamera, headerExtensions: [first, { ...first, id: 9 }] }))
})

test('[Q32] a description has no more parts than browsers send', () => {
  const many = (count: number, of: (index: number) => object) => Array.from({ length: count }, (_, index) => of(index))
  const codecs = (count: number) => many(count, (index) => ({ ...vp8, payloadType: 96 + index }))
  assert.ok(isTaken({ ...sentCamera, codecs: codecs(4) }) && !isTaken({ ...sentCamera, codecs: codecs(5) }))
  assert.ok(!isTaken({ ...sentCamera, codecs: [] }) && !isTaken({ ...sentCamera, encodings: [] }))
  const encodings = (count: number) => many(count, (index) => ({ ssrc: 1 + index }))
  assert.ok(isTaken({ ...sentCamera, encodings: encodings(4) }) && !isTaken({ ...sentCamera, encodings: encodings(5) }))
  const nacks = (count: number) => withVp8({ rtcpFeedback: many(count, () => ({ type: 'nack' })) })
  assert.ok(isTaken(nacks(16)) && !isTaken(nacks(17)))
  const can = (count: number) => received({ codecs: many(count, () => ({ ...receivable.codecs[0] })) })
  assert.ok(can(64) && !can(65))
  const keys = (count: number) => Object.fromEntries(many(count, () => ({})).map((_, index) => [`x-${index}`, 1]))
  const withKeys = (count: number) => received({ codecs: [{ ...receivable.codecs[0], parameters: keys(count) }] })
  assert.ok(withKeys(16) && !withKeys(17))
})

test('[Q33] mid, msid and CNAME have the characters and the length of their RFCs', () => {
  const taken = (changes: object) => isTaken({ ...sentCamera, ...changes })
  assert.ok(taken({ mid: 'x'.repeat(16) }) && taken({ msid: 'stream' }) && taken({ rtcp: { cname: 'a@b.example' } }))
  assert.ok(!taken({ mid: '' }) && !taken({ mid: 'x'.repeat(17) }) && !taken({ mid: 'a:b' }))
  assert.ok(!taken({ msid: 'a b c' }) && !taken({ msid: `${'x'.repeat(65)} y` }) && !taken({ msid: 'a  b' }))
  assert.ok(taken({ rtcp: { cname: 'c'.repeat(64) } }) && !taken({ rtcp: { cname: 'c'.repeat(65) } }))
  for (const cname of ['a b', 'a"b', 'a,b', 'é', 'a;b']) assert.ok(!taken({ rtcp: { cname } }), cname)
})
