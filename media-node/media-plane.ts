import { availableParallelism, hostname } from 'node:os'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logging.ts'
import { Captions } from './captions/captions.ts'
import { CaptionsInRooms } from './captions-in-rooms.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { type MediaNodeSettings, speechToTextOf } from './settings.ts'
import { Rooms } from './sfu/rooms.ts'
import { WorkerPool } from './sfu/worker-pool.ts'

export type MediaPlaneOptions = {
  readonly settings: MediaNodeSettings
  readonly clock: Clock
  readonly logger: Logger
}

/** Rooms and their captions, and what they stand on; whoever starts it closes `rooms`, `pool` and `captions`. */
export type MediaPlane = {
  readonly nodeId: string
  readonly metrics: Metrics
  readonly captions: Captions
  readonly captionsInRooms: CaptionsInRooms
  readonly pool: WorkerPool
  readonly rooms: Rooms
}

/** @throws SettingsError when a media port is taken */
export async function startMediaPlane(options: MediaPlaneOptions): Promise<MediaPlane> {
  const { settings, clock, logger } = options
  const nodeId = settings.NODE_ID ?? hostname()
  const metrics = createMetrics()
  const pool = await startPool(options, metrics)
  try {
    const captions = await Captions.create({
      speech: speechToTextOf(settings),
      lanes: settings.CAPTION_LANES,
      metrics: metrics.captions,
      logger,
      clock,
    })
    const captionsInRooms = new CaptionsInRooms(captions)
    const rooms = new Rooms({
      nodeId,
      createRouter: () => pool.createRouter(),
      opened: (room) => captionsInRooms.follow(room),
      closed: metrics.roomClosed,
      clock,
      logger,
    })
    return { nodeId, metrics, captions, captionsInRooms, pool, rooms }
  } catch (error) {
    await pool.close()
    throw error
  }
}

function startPool({ settings, clock, logger }: MediaPlaneOptions, metrics: Metrics): Promise<WorkerPool> {
  return WorkerPool.create({
    workers: settings.WORKERS ?? availableParallelism(),
    address: {
      listenIp: settings.MEDIA_LISTEN_IP,
      announcedAddress: settings.MEDIA_ADDRESS,
      port: settings.MEDIA_PORT,
    },
    died: metrics.workerDied,
    clock,
    logger,
  })
}
