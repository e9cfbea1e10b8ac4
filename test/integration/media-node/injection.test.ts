import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { z } from 'zod'
import { receivable, sentCamera, sentMicrophone } from '../../unit/shared/chromium-parameters.ts'
import { fingerprint } from './rtp.ts'
import { type Joined, TestNode } from './test-node.ts'

const LINES = '\r\na=candidate:evil 1 udp 2 192.0.2.66 9 typ host\r\na=ice-ufrag:evil'
const refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) })

let node: TestNode
before(async () => {
  node = await TestNode.start()
})
afterEach(() => node.empty())
after(() => node.close())

type Path = readonly (string | number)[]

function textsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value === 'string') return [path]
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, entry]) => textsIn(entry, [...path, key]))
    : []
}

/** A copy in which the text at a place goes on with lines of SDP. */
function injected(value: unknown, [first, ...rest]: Path): unknown {
  if (first === undefined) return `${value}${LINES}`
  const entries = Object.entries(typeof value === 'object' && value !== null ? value : {}).map(
    ([key, entry]): [string, unknown] => [key, key === first ? injected(entry, rest) : entry],
  )
  return Array.isArray(value) ? entries.map(([, entry]) => entry) : Object.fromEntries(entries)
}

async function assertRefused({ client }: Joined, method: string, data: unknown, where: string): Promise<void> {
  const { error } = refusal.parse(await client.send({ method, data }))
  assert.equal(error.code, 'bad_request', where)
  assert.ok(!error.message.includes('evil'), where)
}

/** Fewer than a participant's budget of requests takes, with one to spare. */
const PRODUCES_AT_ONCE = 8

test('[M400] lines of SDP in any text of produce are refused as bad_request, and nobody else notices', async () => {
  const reader = await node.join({ participantId: 'reader' })
  const tracks = [
    { kind: 'audio', source: 'microphone', rtpParameters: sentMicrophone },
    { kind: 'video', source: 'camera', rtpParameters: sentCamera },
  ]
  for (const track of tracks) {
    const paths = textsIn(track)
    let attacker = await node.join()
    for (const [index, path] of paths.entries()) {
      if (index > 0 && index % PRODUCES_AT_ONCE === 0) attacker = await node.join()
      await assertRefused(attacker, 'produce', injected(track, path), path.join('.'))
    }
    const [codec] = track.rtpParameters.codecs
    const withKey = { ...track.rtpParameters, codecs: [{ ...codec, parameters: { [`x${LINES}`]: 1 } }] }
    await assertRefused(attacker, 'produce', { ...track, rtpParameters: withKey }, 'a key')
    await reader.client.request('ping', {})
    assert.deepEqual(
      reader.client.inbox.filter(({ event }) => event !== 'participant-joined'),
      [],
    )
  }
})

test('[M401] a browser’s own tracks reach the others as it named them, and no refused request spoils that', async () => {
  const [sender, reader] = [await node.join({ participantId: 'sender' }), await node.join({ participantId: 'reader' })]
  const camera = { kind: 'video', source: 'camera', rtpParameters: sentCamera }
  await assertRefused(sender, 'produce', injected(camera, ['rtpParameters', 'rtcp', 'cname']), 'cname')
  await sender.client.request('produce', { kind: 'audio', source: 'microphone', rtpParameters: sentMicrophone })
  await sender.client.send({ method: 'produce', data: camera })
  const created = [await reader.client.next('consumer-created'), await reader.client.next('consumer-created')]
  assert.deepEqual(
    created.map(({ kind, rtpParameters }) => [kind, rtpParameters.rtcp?.cname, rtpParameters.msid]),
    [
      ['audio', sentMicrophone.rtcp.cname, sentMicrophone.msid],
      ['video', sentCamera.rtcp.cname, sentCamera.msid],
    ],
  )
  assert.ok(!JSON.stringify(created).includes('evil'))
})

test('[M402] lines of SDP in a fingerprint or a transport are refused, and the transport can be connected after that', async () => {
  const { client, welcome } = await node.join()
  const joined = { client, welcome, consumers: [] }
  const data = {
    transportId: welcome.receiveTransport.transportId,
    dtlsParameters: { role: 'client', fingerprints: [fingerprint] },
  }
  for (const path of textsIn(data)) {
    await assertRefused(joined, 'connect-transport', injected(data, path), path.join('.'))
  }
  const short = { ...data, dtlsParameters: { fingerprints: [{ algorithm: 'sha-256', value: 'AB' }] } }
  await assertRefused(joined, 'connect-transport', short, 'too short')
  assert.deepEqual(
    await client.request('connect-transport', { ...data, dtlsParameters: { fingerprints: [fingerprint] } }),
    {},
  )
})

test('[M403] what a browser says it can receive works whatever else it lists, and what it lists of ours must be well-formed', async () => {
  const sender = await node.join()
  await sender.client.request('produce', { kind: 'audio', source: 'microphone', rtpParameters: sentMicrophone })
  const reader = await node.connect()
  await reader.next('welcome')
  const [opus] = receivable.codecs
  const bad = { ...receivable, codecs: [{ ...opus, parameters: { minptime: `10${LINES}` } }] }
  const { error } = refusal.parse(await reader.send({ method: 'receive', data: { rtpCapabilities: bad } }))
  assert.equal(error.code, 'bad_request')
  const fancy = { ...receivable, codecs: [{ ...opus, mimeType: `audio/x${LINES}` }, ...receivable.codecs] }
  const answer = await reader.send({ method: 'receive', data: { rtpCapabilities: fancy } })
  assert.match(JSON.stringify(answer), /audio\/opus/)
  assert.ok(!JSON.stringify(answer).includes('evil'))
})

test('[M404] no client is offered a fingerprint by SHA-1', async () => {
  const { welcome } = await node.join()
  for (const { dtlsParameters } of [welcome.sendTransport, welcome.receiveTransport]) {
    const algorithms: readonly string[] = dtlsParameters.fingerprints.map(({ algorithm }) => algorithm)
    assert.ok(algorithms.includes('sha-256') && !algorithms.includes('sha-1'))
  }
})
