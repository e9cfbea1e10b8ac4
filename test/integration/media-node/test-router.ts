import type { DirectTransport, Router } from 'mediasoup/types'
import type { SourceProducer } from '../../../media-node/sfu/producers.ts'
import { spawnWorker } from '../../../media-node/sfu/spawn-worker.ts'
import { WorkerPool } from '../../../media-node/sfu/worker-pool.ts'
import { systemClock } from '../../../shared/clock.ts'
import { createLogger } from '../../../shared/logging.ts'
import { opus } from './rtp.ts'

export function startPool(options: { workers: number; port: number }): Promise<WorkerPool> {
  return WorkerPool.create({
    workers: options.workers,
    address: { listenIp: '127.0.0.1', announcedAddress: '127.0.0.1', port: options.port },
    spawnWorker,
    died: () => undefined,
    killed: () => undefined,
    gaveUp: () => undefined,
    clock: systemClock,
    logger: createLogger({ name: 'test', level: 'silent' }),
  })
}

/** A microphone whose packets the test sends itself. */
export async function microphone(router: Router, participantId: string, ssrc: number): Promise<Microphone> {
  const transport = await router.createDirectTransport()
  const appData = { participantId, source: 'microphone' as const }
  const producer = await transport.produce({ kind: 'audio', rtpParameters: opus(ssrc), appData })
  return { transport, producer, ssrc }
}

export type Microphone = {
  readonly transport: DirectTransport
  readonly producer: SourceProducer
  readonly ssrc: number
}

/** An RTP packet (RFC 3550) of 20 ms with an audio level (RFC 6464) in extension 1; 0 is loud, 127 silent. */
export function packet({ ssrc }: Pick<Microphone, 'ssrc'>, sequence: number, level: number): Buffer {
  const header = Buffer.alloc(20)
  header.writeUInt8(0x90, 0)
  header.writeUInt8(111, 1)
  header.writeUInt16BE(sequence, 2)
  header.writeUInt32BE(sequence * 960, 4)
  header.writeUInt32BE(ssrc, 8)
  header.writeUInt16BE(0xbede, 12)
  header.writeUInt16BE(1, 14)
  header.writeUInt8(0x10, 16)
  header.writeUInt8(level, 17)
  return Buffer.concat([header, Buffer.from(`payload ${sequence}`)])
}
