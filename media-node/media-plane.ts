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
import { type SpawnWorker, spawnWorker } from './sfu/spawn-worker.ts'
import type { Sender } from './sfu/worker-kills.ts'
import { WorkerPool } from './sfu/worker-pool.ts'
import { requireSoundWorker } from './sound-worker.ts'
import { speechToTextOf } from './speech-to-text-settings.ts'
import { startTranscripts, type Transcripts } from './transcripts/start-transcripts.ts'

export type MediaPlaneOptions = {
  readonly settings: MediaNodeSettings
  readonly metrics?: Metrics
  readonly clock: Clock
  readonly logger: Logger
  /** Starts media workers; without it they are mediasoup's. */
  readonly spawnWorker?: SpawnWorker
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

/** @throws SettingsError when a media port or the folder of the finals is taken, or the worker is not fit for others */
export async function startMediaPlane(options: MediaPlaneOptions): Promise<MediaPlane> {
  await using parts = new AsyncDisposableStack()
  const { settings, clock, logger } = options
  const nodeId = settings.NODE_ID ?? hostname()
  const internalUrl = settings.INTERNAL_URL && (await withLookedUpHost('INTERNAL_URL', settings.INTERNAL_URL))
  const { metrics = createMetrics() } = options
  const pool = await startPool(options, metrics, (sender) => rooms.workerKilled(sender))
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

async function startPool(
  options: MediaPlaneOptions,
  metrics: Metrics,
  killed: (sender: Sender) => void,
): Promise<WorkerPool> {
  const { settings, clock, logger, spawnWorker: spawn = spawnWorker } = options
  const { HOST, MEDIA_LISTEN_IP } = settings
  const announcedAddress = await lookedUpAddress('MEDIA_ADDRESS', settings.MEDIA_ADDRESS)
  const addresses = { HOST, MEDIA_LISTEN_IP, MEDIA_ADDRESS: announcedAddress }
  await requireSoundWorker({ spawnWorker: spawn, addresses, clock, logger })
  return WorkerPool.create({
    workers: settings.WORKERS ?? availableParallelism(),
    address: { listenIp: MEDIA_LISTEN_IP, announcedAddress, port: settings.MEDIA_PORT },
    spawnWorker: spawn,
    died: metrics.workerDied,
    killed,
    gaveUp: metrics.sfu.workerGaveUp,
    clock,
    logger,
  })
}
