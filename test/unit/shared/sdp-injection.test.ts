import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { z } from 'zod'
import { notifications, requests } from '../../../shared/protocol/messages.ts'
import { transportDescription } from '../../../shared/protocol/transport.ts'
import { checkProperty } from '../../check-property.ts'
import { welcome } from '../client/greetings.ts'
import { receivable, sentCamera, sentMicrophone, sentSimulcast } from './chromium-parameters.ts'

const FINGERPRINT = { algorithm: 'sha-256', value: Array.from({ length: 32 }, () => '0A').join(':') }
const candidate = {
  foundation: 'udpcandidate',
  priority: 1_076_302_079,
  ip: '192.0.2.7',
  address: '192.0.2.7',
  protocol: 'udp',
  port: 44_000,
  type: 'host',
}
const transport = {
  transportId: '7fbb6e56-afd7-4967-bd39-bc22f7a6a1fe',
  iceParameters: { usernameFragment: 'd4v5et31', password: 'p'.repeat(32), iceLite: true },
  iceCandidates: [candidate, { ...candidate, foundation: 'tcpcandidate', protocol: 'tcp', tcpType: 'passive' }],
  dtlsParameters: { role: 'auto', fingerprints: [FINGERPRINT] },
}
const description = {
  consumerId: '791c792c',
  producerId: '622bdf73',
  participantId: '76579d27',
  source: 'camera',
  kind: 'video',
  rtpParameters: sentCamera,
  producerPaused: false,
}

type Message = { readonly name: string; readonly schema: z.ZodType; readonly data: object }

/** Everything that SDP is made of, in either direction, as it is when nobody means harm. */
const messages: readonly Message[] = [
  {
    name: 'produce (microphone)',
    schema: requests.produce.data,
    data: { kind: 'audio', source: 'microphone', rtpParameters: sentMicrophone },
  },
  {
    name: 'produce (camera)',
    schema: requests.produce.data,
    data: { kind: 'video', source: 'camera', rtpParameters: sentCamera },
  },
  {
    name: 'produce (simulcast)',
    schema: requests.produce.data,
    data: { kind: 'video', source: 'camera', rtpParameters: sentSimulcast },
  },
  {
    name: 'connect-transport',
    schema: requests['connect-transport'].data,
    data: { transportId: transport.transportId, dtlsParameters: transport.dtlsParameters },
  },
  { name: 'receive', schema: requests.receive.data, data: { rtpCapabilities: receivable } },
  { name: 'receive (reply)', schema: requests.receive.reply, data: { consumers: [description] } },
  {
    name: 'restart-ice (reply)',
    schema: requests['restart-ice'].reply,
    data: { iceParameters: transport.iceParameters },
  },
  { name: 'produce (reply)', schema: requests.produce.reply, data: { producerId: '622bdf73' } },
  { name: 'consumer-created', schema: notifications['consumer-created'], data: description },
  {
    name: 'welcome',
    schema: notifications.welcome,
    data: { ...welcome(), routerRtpCapabilities: receivable, sendTransport: transport, receiveTransport: transport },
  },
  {
    name: 'resumed',
    schema: notifications.resumed,
    data: {
      participants: [{ participantId: 'ada', displayName: 'Ada', language: 'en', captioned: true }],
      consumers: [description],
      producers: [{ producerId: '622bdf73', source: 'camera' }],
      captionsActive: false,
    },
  },
]

type Path = readonly (string | number)[]

/** Every place of a value at which a string or a number is, or at which an object has a key. */
function placesIn(value: unknown, path: Path = []): readonly Path[] {
  if (Array.isArray(value)) return value.flatMap((entry, index) => placesIn(entry, [...path, index]))
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, entry]) => placesIn(entry, [...path, key]))
  }
  return typeof value === 'string' || typeof value === 'number' ? [path] : []
}

/** A copy in which the value at a place is another one. */
function changed(value: unknown, [first, ...rest]: Path, change: (before: unknown) => unknown): unknown {
  if (first === undefined) return change(value)
  if (Array.isArray(value)) {
    return value.map((entry, index) => (index === first ? changed(entry, rest, change) : entry))
  }
  assert.ok(typeof value === 'object' && value !== null)
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, key === first ? changed(entry, rest, change) : entry]),
  )
}

const INJECTED = 'injected'
const LINES = '\r\na=candidate:injected 1 udp 2 127.0.0.2 9 typ host\r\na=ice-ufrag:injected'

/** Where a text is compared to what is known, or cleaned, the message may pass without it. */
const LEFT_OUT: Readonly<Record<string, RegExp>> = {
  'connect-transport': /^never$/,
  receive: /mimeType|rtcpFeedback|uri|clockRate|channels/,
  welcome: /^routerRtpCapabilities.*(mimeType|rtcpFeedback|uri|clockRate|channels)/,
  resumed: /displayName/,
}

/** The message is refused; or, where that is said above, what was injected is not in what comes out. */
function assertHarmless({ name, schema }: Message, path: Path, data: unknown): void {
  const where = `${name} ${path.join('.')}`
  const parsed = schema.safeParse(data)
  if (!parsed.success) return
  assert.match(path.join('.'), LEFT_OUT[name] ?? /^never$/, `${where} was taken`)
  const isBad = (text: string) => /\p{Cc}/u.test(text) || (/displayName/.test(where) ? false : text.includes(INJECTED))
  JSON.parse(JSON.stringify(parsed.data), (key, value) => {
    assert.ok(!isBad(key) && !(typeof value === 'string' && isBad(value)), `${where} came through`)
    return value
  })
}

for (const message of messages) {
  test(`[Q20] ${message.name} takes no line break, control character or foreign word in any of its fields`, () => {
    assert.deepEqual(message.schema.safeParse(message.data).error, undefined, 'it is taken as it is')
    for (const path of placesIn(message.data)) {
      for (const text of [LINES, '\r', '\n', '\u0000', '\u007f', '\u2028', ` ${INJECTED} x y`, INJECTED.repeat(40)]) {
        assertHarmless(
          message,
          path,
          changed(message.data, path, (before) => `${before}${text}`),
        )
        assertHarmless(
          message,
          path,
          changed(message.data, path, (before) => `${text}${before}`),
        )
      }
    }
  })
}

test('[Q21] no codec has a format parameter that is not one of its own, whatever its key and value are', () => {
  const keys = [LINES, `x;a${LINES}`, '', 'x'.repeat(64), 'profile-level-id', '__proto__', 'constructor']
  for (const { name, schema, data } of messages) {
    const codecs = placesIn(data).filter((path) => path.at(-1) === 'mimeType')
    for (const path of codecs.map((place) => [...place.slice(0, -1), 'parameters'])) {
      for (const key of keys) {
        const parameters = JSON.parse(`{${JSON.stringify(key)}: "${INJECTED}"}`)
        const parsed = schema.safeParse(changed(data, path, () => parameters))
        const isLeftOut = name === 'receive' || name === 'welcome' || key === '__proto__'
        assert.ok(isLeftOut || !parsed.success, `${name} took ${key}`)
        assert.ok(!JSON.stringify(parsed.data ?? {}).includes(INJECTED), `${name} passed on ${key}`)
      }
    }
  }
})

test('[Q22] whatever one text of a message is, no control character is in what is taken', async (t) => {
  const places = messages.flatMap((message) => placesIn(message.data).map((path) => ({ message, path })))
  const hasControl = (value: unknown) => /\\u00|\\[bfnrt]|\p{Cc}/u.test(JSON.stringify(value))
  await checkProperty(
    t,
    2_000,
    fc.property(fc.constantFrom(...places), fc.string({ unit: 'binary', maxLength: 40 }), ({ message, path }, text) => {
      const parsed = message.schema.safeParse(changed(message.data, path, () => text))
      assert.ok(!parsed.success || !hasControl(parsed.data), path.join('.'))
    }),
  )
})

const taken = (changes: object) => transportDescription.safeParse({ ...transport, ...changes }).success

test('[Q23] a candidate is at an address that one host can have, or at a host name', () => {
  const at = (address: string) => taken({ iceCandidates: [{ ...candidate, address }] })
  for (const address of ['127.0.0.1', '10.1.2.3', '2001:db8::7', '::1', 'fe80::1', 'node-1.example.com', 'localhost']) {
    assert.ok(at(address), address)
  }
  for (const address of [
    '',
    '0.0.0.0',
    '224.0.0.251',
    '255.255.255.255',
    '::',
    '0:0::0',
    'ff02::fb',
    '::ffff:10.0.0.1',
    'fe80::1%eth0',
    '256.1.1.1',
    '1.2.3',
    '2130706433',
    '0x7f000001',
    '010.0.0.1',
    '-a.example',
    'a..example',
    'a_b.example',
    `${'a'.repeat(64)}.example`,
    '127.0.0.1 9 typ host',
  ]) {
    assert.ok(!at(address), address)
  }
})

test('[Q23] ports, priorities, the texts of ICE and the number of candidates have the bounds of RFC 8839', () => {
  const candidates = (changes: object, count = 1) =>
    taken({ iceCandidates: Array.from({ length: count }, () => ({ ...candidate, ...changes })) })
  assert.ok(candidates({ port: 1 }) && candidates({ port: 65_535 }) && candidates({}, 16))
  for (const changes of [{ port: 0 }, { port: 65_536 }, { port: 1.5 }, { priority: 0 }, { priority: 2 ** 31 }]) {
    assert.ok(!candidates(changes), JSON.stringify(changes))
  }
  assert.ok(!candidates({ foundation: '' }) && !candidates({ foundation: 'f'.repeat(33) }) && !candidates({}, 17))
  const ice = (ufrag: number, password: number) =>
    taken({ iceParameters: { usernameFragment: 'u'.repeat(ufrag), password: 'p'.repeat(password) } })
  assert.ok(ice(4, 22) && ice(256, 256))
  assert.ok(!ice(3, 22) && !ice(4, 21) && !ice(257, 22) && !ice(4, 257))
})

test('[Q24] a fingerprint has as many pairs of digits as its hash has bytes, and SHA-1 counts as none', () => {
  const pairs = (count: number, pair = 'AB') => Array.from({ length: count }, () => pair).join(':')
  const parsed = (...fingerprints: object[]) =>
    transportDescription.safeParse({ ...transport, dtlsParameters: { fingerprints } }).data?.dtlsParameters.fingerprints
  for (const [algorithm, bytes] of [
    ['sha-224', 28],
    ['sha-256', 32],
    ['sha-384', 48],
    ['sha-512', 64],
  ] as const) {
    const fingerprint = { algorithm, value: pairs(bytes) }
    assert.deepEqual(parsed(fingerprint), [fingerprint])
    assert.equal(parsed({ algorithm, value: pairs(bytes - 1) }), undefined)
    assert.equal(parsed({ algorithm, value: pairs(bytes + 1) }), undefined)
    assert.equal(parsed({ algorithm, value: pairs(bytes, 'ab') }), undefined)
  }
  const old = { algorithm: 'sha-1', value: pairs(20) }
  assert.deepEqual(parsed(old, FINGERPRINT), [FINGERPRINT])
  assert.equal(parsed(old), undefined)
  assert.equal(parsed(), undefined)
})
