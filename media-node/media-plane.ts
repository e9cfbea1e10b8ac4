import { availableParallelism, hostname } from 'node:os'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logging.ts'
import { Captions } from './captions/captions.ts'
import { createTranslator } from './captions/translation/create-translator.ts'
import type { Translator } from './captions/translation/translator.ts'
import { translatorOf } from './captions/translation/translator-settings.ts'
import { CaptionsInRooms } from './captions-in-rooms.ts'
import { lookedUpAddress, withLookedUpHost } from './looked-up-address.ts'
import { MediaMeter } from './media-meter.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import type { MediaNodeSettings } from './settings.ts'
import { type RoomLimits, Rooms } from './sfu/rooms.ts'
import { WorkerPool } from './sfu/worker-pool.ts'
import { speechToTextOf } from './speech-to-text-settings.ts'
import { startTranscripts, type Transcripts } from './transcripts/start-transcripts.ts'

export type MediaPlaneOptions = {
  readonly settings: MediaNodeSettings
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Rooms and their captions, and what they stand on; whoever starts it closes `rooms`, `meter`, `pool`, `captions` and, after them,
 * `translator` and `transcripts`.
 */
export type MediaPlane = {
  readonly nodeId: string
  /** Where it is reached by who need not go through a proxy. */
  readonly internalUrl: string | undefined
  readonly metrics: Metrics
  readonly captions: Captions
  readonly captionsInRooms: CaptionsInRooms
  readonly translator: Translator
  readonly pool: WorkerPool
  readonly rooms: Rooms
  readonly transcripts: Transcripts
  readonly meter: MediaMeter
}

/** @throws SettingsError when a media port or the folder of the finals is taken */
export async function startMediaPlane(options: MediaPlaneOptions): Promise<MediaPlane> {
  await using parts = new AsyncDisposableStack()
  const { settings, clock, logger } = options
  const nodeId = settings.NODE_ID ?? hostname()
  const internalUrl = settings.INTERNAL_URL && (await withLookedUpHost('INTERNAL_URL', settings.INTERNAL_URL))
  const metrics = createMetrics()
  const pool = await startPool(options, metrics)
  parts.defer(() => pool.close())
  const transcripts = await startTranscripts({ settings, nodeId, clock, logger, metrics: metrics.transcripts })
  parts.defer(() => transcripts.close())
  const translator = await createTranslator(translatorOf(settings), { clock, logger })
  parts.defer(() => translator.close())
  const captions = await Captions.create({
    translator,
    speech: speechToTextOf(settings),
    lanes: settings.CAPTION_LANES,
    metrics: metrics.captions,
    logger,
    clock,
  })
  const captionsInRooms = new CaptionsInRooms(captions, transcripts)
  const rooms = new Rooms({
    nodeId,
    createRouter: () => pool.createRouter(),
    limits: roomLimits(settings),
    metrics: metrics.sfu,
    clock,
    logger,
  })
  rooms.follow((room) => captionsInRooms.follow(room))
  const participants = () => rooms.all.flatMap((room) => room.participants)
  const meter = new MediaMeter({ participants, metrics: metrics.media, clock })
  parts.move()
  return { meter, nodeId, internalUrl, metrics, captions, captionsInRooms, translator, pool, rooms, transcripts }
}

function roomLimits(settings: MediaNodeSettings): RoomLimits {
  return {
    maxRooms: settings.MAX_ROOMS,
    maxParticipants: settings.MAX_PARTICIPANTS,
    maxParticipantsPerCallerAndRoom: settings.MAX_PARTICIPANTS_PER_ADDRESS_AND_ROOM,
    maxEmptyRoomsPerCaller: settings.MAX_EMPTY_ROOMS_PER_ADDRESS,
    maxEmptyMs: settings.EMPTY_ROOM_SECONDS * 1_000,
  }
}

async function startPool({ settings, clock, logger }: MediaPlaneOptions, metrics: Metrics): Promise<WorkerPool> {
  return WorkerPool.create({
    workers: settings.WORKERS ?? availableParallelism(),
    address: {
      listenIp: settings.MEDIA_LISTEN_IP,
      announcedAddress: await lookedUpAddress('MEDIA_ADDRESS', settings.MEDIA_ADDRESS),
      port: settings.MEDIA_PORT,
    },
    died: metrics.workerDied,
    clock,
    logger,
  })
}
