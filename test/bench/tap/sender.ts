import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { monotonicMs } from '../../../media-node/captions/monotonic-clock.ts'
import { rtpPacket } from '../../speech/rtp-speech.ts'
import { percentile } from '../figures.ts'
import {
  AUDIO_LEVEL_ID,
  FRAME_MS,
  FRAME_TICKS,
  type FromSender,
  PAYLOAD_TYPE,
  type SenderPlan,
  type ToSender,
} from './sender-plan.ts'

/** The process that sends, apart from the one that is measured. Ends with its parent. */

const post = (message: FromSender) => process.send?.(message)
let plan: SenderPlan | undefined

process.on('disconnect', () => process.exit())
process.on('message', async (message: ToSender) => {
  if (message.kind === 'plan') {
    plan = message.plan
    post({ kind: 'ready' })
  } else if (plan !== undefined) post(await send(plan))
})

async function send({ streams, tracks, packets }: SenderPlan): Promise<FromSender> {
  const sockets = await connectedSockets(streams.map(({ port }) => port))
  const sentAt = streams.map(() => new Float64Array(packets))
  const lateMs: number[] = []
  const inTurn = [...streams.keys()].sort((a, b) => (streams[a]?.phaseMs ?? 0) - (streams[b]?.phaseMs ?? 0))
  const cpuBefore = process.cpuUsage()
  const start = monotonicMs()
  for (let frame = 0; frame < packets; frame += 1) {
    for (const index of inTurn) {
      const stream = streams[index]
      const track = tracks[stream?.track ?? 0]
      if (stream === undefined || track === undefined) continue
      const due = start + frame * FRAME_MS + stream.phaseMs
      while (monotonicMs() < due) await wait(1)
      const { payload, level } = track[(stream.firstFrame + frame) % track.length] ?? {
        payload: new Uint8Array(),
        level: 0,
      }
      const packet = rtpPacket({
        ssrc: stream.ssrc,
        payloadType: PAYLOAD_TYPE,
        audioLevelId: AUDIO_LEVEL_ID,
        sequenceNumber: (stream.firstSequenceNumber + frame) & 0xffff,
        timestamp: (stream.firstTimestamp + frame * FRAME_TICKS) % 2 ** 32,
        payload,
        level,
      })
      const now = monotonicMs()
      sockets.get(stream.port)?.send(packet)
      const times = sentAt[index]
      if (times !== undefined) times[frame] = now
      lateMs.push(now - due)
    }
  }
  const { user, system } = process.cpuUsage(cpuBefore)
  for (const socket of sockets.values()) socket.close()
  const cpu = (user + system) / 10 / (monotonicMs() - start)
  return { kind: 'sent', sentAt, cpu, lateP99Ms: percentile(lateMs, 0.99) }
}

/** One socket for each port, as each browser has its own. */
async function connectedSockets(ports: readonly number[]): Promise<ReadonlyMap<number, Socket>> {
  const sockets = new Map<number, Socket>()
  for (const port of new Set(ports)) {
    const socket = createSocket('udp4')
    socket.connect(port, '127.0.0.1')
    await once(socket, 'connect')
    sockets.set(port, socket)
  }
  return sockets
}
