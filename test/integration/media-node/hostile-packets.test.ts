import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { after, afterEach, before, test } from 'node:test'
import { spawnWorker } from '../../../media-node/sfu/spawn-worker.ts'
import { type HostilePackets, hostilePackets } from '../../../media-node/sfu/worker-self-test.ts'
import { rtpParameters as schema } from '../../../shared/protocol/rtp.ts'
import { RawTransports } from './raw-transports.ts'
import { opus, vp8 } from './rtp.ts'
import { TestNode } from './test-node.ts'
import { packet } from './test-router.ts'
import { until } from './until.ts'

const SSRC = 1_000

let node: TestNode
const transports = new RawTransports()

before(async () => {
  node = await TestNode.start()
})
afterEach(async () => {
  transports.close()
  await node.empty()
})
after(() => node.close())

type Attack = HostilePackets & {
  readonly kind: 'audio' | 'video'
  readonly protocols: readonly ('udp' | 'tcp')[]
}

const BOTH = ['udp', 'tcp'] as const

/** 10,001 words of header extension. */
function overlong(): Buffer {
  const bytes = Buffer.concat([packet({ ssrc: SSRC }, 1, 10), Buffer.alloc(40_000)])
  bytes.writeUInt16BE(10_001, 14)
  return bytes
}

/** As long as a frame over TCP may be (RFC 4571), encrypted. */
function longest(): Buffer {
  const bytes = Buffer.alloc(65_519)
  packet({ ssrc: SSRC }, 1, 10).copy(bytes, 0, 0, 12)
  bytes.writeUInt8(0x80, 0)
  bytes.writeUInt8(96, 1)
  return bytes
}

const attacks: readonly Attack[] = [
  ...hostilePackets.map((hostile) => ({ ...hostile, kind: 'audio' as const, protocols: BOTH })),
  {
    name: 'a header extension longer than 16 bits with a sign count',
    kind: 'audio',
    protocols: BOTH,
    rtpParameters: opus(SSRC),
    packets: [overlong()],
  },
  {
    name: 'a packet that leaves no room for what is added to it',
    kind: 'video',
    protocols: ['tcp'],
    rtpParameters: vp8(SSRC),
    packets: [longest()],
  },
]

/** Two people who hear each other; the result tells whether they still do. */
async function witness(): Promise<() => Promise<void>> {
  const speaker = await node.join({ roomId: 'witnesses' })
  await speaker.client.request('produce', { kind: 'audio', source: 'microphone', rtpParameters: opus(SSRC) })
  const reader = await node.join({ roomId: 'witnesses' })
  let heard = 0
  const sending = await transports.connect(speaker, 'sendTransport')
  const receiving = await transports.connect(reader, 'receiveTransport', {
    received: () => {
      heard += 1
    },
  })
  let sequence = 1
  return async () => {
    const before = heard
    await until(async () => {
      sending.sendRtp(packet({ ssrc: SSRC }, sequence++, 10))
      await sending.handled()
      await receiving.handled()
      assert.ok(heard > before)
    })
    for (const { client } of [speaker, reader])
      assert.deepEqual(
        client.inbox.filter(({ event }) => event === 'closed'),
        [],
      )
  }
}

for (const { name, kind, protocols, rtpParameters, packets } of attacks) {
  for (const protocol of protocols) {
    test(`[M442] ${name}, sent by a participant over ${protocol}, ends no worker, and another room notices nothing`, async () => {
      const [pid] = node.node.workerPids
      const hears = await witness()
      await hears()
      const attacker = await node.join({ roomId: 'attackers' })
      const source = kind === 'audio' ? 'microphone' : 'camera'
      const producing = attacker.client.request('produce', { kind, source, rtpParameters })
      // What the protocol does not let anybody describe is sent all the same.
      if (schema.safeParse(rtpParameters).success) await producing
      else await assert.rejects(producing, /bad_request/)
      const sending = await transports.connect(attacker, 'sendTransport', { protocol })
      for (const bytes of packets) sending.sendRtp(bytes)
      await sending.handled()
      await hears()
      assert.deepEqual(node.node.workerPids, [pid])
    })
  }
}

test('[M443] a sender who invents SSRCs makes the worker remember a bounded number of them', async (t) => {
  const { worker } = await spawnWorker(() => undefined)
  t.after(() => worker.close())
  const router = await worker.createRouter({
    mediaCodecs: [{ kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 }],
  })
  const transport = await router.createDirectTransport()
  const headerExtensions = [{ uri: 'urn:ietf:params:rtp-hdrext:sdes:mid' as const, id: 1 }]
  const producer = await transport.produce({
    kind: 'audio',
    rtpParameters: { ...opus(SSRC), mid: 'a', headerExtensions },
  })
  for (let ssrc = 1; ssrc <= 5_000; ssrc += 1) {
    const bytes = packet({ ssrc: 10_000 + ssrc }, ssrc, 10)
    bytes.write('a', 17)
    producer.send(bytes)
  }
  const dump = await transport.dump()
  assert.equal(dump.rtpListener.ssrcTable.length, 1_024)
})

test('[M444] neither a long scalability mode nor one of many layers costs a worker more than a real one', async (t) => {
  const { worker } = await spawnWorker(() => undefined)
  t.after(() => worker.close())
  const codec = { mimeType: 'video/VP9', clockRate: 90_000 } as const
  const router = await worker.createRouter({ mediaCodecs: [{ kind: 'video', ...codec }] })
  const transport = await router.createDirectTransport()
  const scalabilityMode = `L99T99${'x'.repeat(60_000)}`
  const rtpParameters = { codecs: [{ ...codec, payloadType: 111 }], encodings: [{ ssrc: SSRC, scalabilityMode }] }
  const producer = await transport.produce({ kind: 'video', rtpParameters })
  producer.send(packet({ ssrc: SSRC }, 1, 10))
  const [stats] = await producer.getStats()
  assert.equal(Object.keys(stats?.bitrateByLayer ?? {}).length, 64)
})

test('[M445] strangers who hold TCP connections open push each other out, and nobody who sends media', async (t) => {
  const { client, welcome } = await node.join()
  const description = welcome.sendTransport
  const sending = await transports.connect({ client, welcome, consumers: [] }, 'sendTransport', { protocol: 'tcp' })
  const port = description.iceCandidates.find(({ protocol }) => protocol === 'tcp')?.port ?? 0
  const [pid] = node.node.workerPids
  const strangers: Socket[] = []
  t.after(() => {
    for (const socket of strangers) socket.destroy()
  })
  let pushedOut = 0
  for (let index = 0; index < 2_200; index += 1) {
    const socket = connect(port, '127.0.0.1')
    strangers.push(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => {
      pushedOut += 1
    })
    if (index % 100 === 99) await new Promise((resolve) => socket.once('connect', resolve))
  }
  await until(() => assert.ok(pushedOut >= 2_200 - 2_048))
  await sending.handled()
  assert.ok(readdirSync(`/proc/${pid}/fd`).length < 2_048 + 100)
})
