import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import type { Router, RtpParameters } from 'mediasoup/types'
import { monotonicMs } from '../../../media-node/captions/monotonic-clock.ts'
import type { SourceProducer } from '../../../media-node/sfu/producers.ts'
import { DoorLog } from './door-log.ts'
import { cpuMsOfProcess, memoryOfProcess } from './process-use.ts'
import type { Way, WayOptions } from './way.ts'

type Process = ChildProcessByStdio<Writable, Readable, null>

const CHUNK_BYTES = 3_200
const SAMPLE_BYTES = 2
/** What an ffmpeg takes to read its SDP and open its port. */
const START_MS = 1_500
const STARTS_AT_ONCE = 10

/** With the least delay that its documentation knows of. */
const ARGUMENTS = [
  ...['-hide_banner', '-loglevel', 'error', '-nostdin'],
  ...['-protocol_whitelist', 'pipe,udp,rtp', '-fflags', 'nobuffer', '-flags', 'low_delay'],
  ...['-probesize', '32', '-analyzeduration', '0', '-f', 'sdp', '-i', 'pipe:0'],
  ...['-flush_packets', '1', '-ac', '1', '-ar', '16000', '-f', 's16le', 'pipe:1'],
]

/** One ffmpeg for each stream: RTP by UDP in, 16 kHz PCM by a pipe out. */
export async function ffmpegWay({ rooms, firstTimestamps }: WayOptions): Promise<Way> {
  const log = new DoorLog()
  const processes: Process[] = []
  let starting: Process[] = []
  for (const { router, producers } of rooms) {
    for (const producer of producers) {
      const process = await ffmpegFor(router, producer)
      const stream = processes.length
      noteChunks(process, (at) => log.add({ stream, utterance: 0, samples: CHUNK_BYTES / SAMPLE_BYTES, hash: 0, at }))
      processes.push(process)
      starting.push(process)
      if (starting.length < STARTS_AT_ONCE) continue
      await wait(START_MS)
      starting = []
    }
  }
  await wait(START_MS)
  return {
    name: 'ffmpeg',
    tappedAt: firstTimestamps.map(() => new Float64Array()),
    losses: () => new Map(),
    async ownUse() {
      // Beyond what the machine bears, some give up.
      const alive = processes.filter(({ exitCode }) => exitCode === null)
      const ids = alive.flatMap(({ pid }) => pid ?? [])
      const [cpus, memories] = await Promise.all([
        Promise.all(ids.map(cpuMsOfProcess)),
        Promise.all(ids.map(memoryOfProcess)),
      ])
      return { cpuMs: sum(cpus), memory: sum(memories) }
    },
    arrivals: async () => [log.cells()],
    async stop() {
      const ends = processes.filter(({ exitCode }) => exitCode === null).map((process) => once(process, 'exit'))
      for (const process of processes) process.kill('SIGKILL')
      await Promise.all(ends)
    },
  }
}

async function ffmpegFor(router: Router, producer: SourceProducer): Promise<Process> {
  const port = await freeUdpPort()
  const transport = await router.createPlainTransport({ listenInfo: { protocol: 'udp', ip: '127.0.0.1' } })
  await transport.connect({ ip: '127.0.0.1', port })
  const { rtpCapabilities } = router
  const { rtpParameters } = await transport.consume({ producerId: producer.id, rtpCapabilities })
  const process = spawn('ffmpeg', ARGUMENTS, { stdio: ['pipe', 'pipe', 'inherit'] })
  process.stdin.end(sdp(port, rtpParameters))
  return process
}

function sdp(port: number, { codecs }: RtpParameters): string {
  const payloadType = codecs[0]?.payloadType ?? 0
  const lines = [
    'v=0',
    'o=- 0 0 IN IP4 127.0.0.1',
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    `m=audio ${port} RTP/AVP ${payloadType}`,
    `a=rtpmap:${payloadType} opus/48000/2`,
    'a=rtcp-mux',
    '',
  ]
  return lines.join('\r\n')
}

function noteChunks({ stdout }: Process, chunk: (at: number) => void): void {
  let bytes = 0
  stdout.on('data', (data: Buffer) => {
    const at = monotonicMs()
    const before = Math.floor(bytes / CHUNK_BYTES)
    bytes += data.length
    for (let chunks = Math.floor(bytes / CHUNK_BYTES) - before; chunks > 0; chunks -= 1) chunk(at)
  })
}

/** An even port whose odd neighbour ffmpeg can take for RTCP. */
async function freeUdpPort(): Promise<number> {
  for (;;) {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const { port } = socket.address()
    socket.close()
    await once(socket, 'close')
    if (port % 2 === 0) return port
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
