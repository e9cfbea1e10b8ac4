import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logging.ts'
import { isLoopback } from '../shared/loopback.ts'
import { SettingsError } from '../shared/settings.ts'
import type { SpawnWorker } from './sfu/spawn-worker.ts'
import { survives } from './sfu/worker-self-test.ts'

export type SoundWorkerOptions = {
  readonly spawnWorker: SpawnWorker
  /** Where others reach this media node, by the names of the settings. */
  readonly addresses: Readonly<Record<string, string>>
  readonly clock: Clock
  readonly logger: Logger
}

const REMEDY = 'build the worker with `node dev/build-worker.mjs <file>` and name it in MEDIASOUP_WORKER_BIN'

/**
 * Tries the media worker with packets that end one without our patches, such as the one that mediasoup's install step
 * downloads. Such a worker serves this machine only.
 *
 * @throws SettingsError when it is to serve others
 */
export async function requireSoundWorker({ spawnWorker, addresses, clock, logger }: SoundWorkerOptions): Promise<void> {
  if (await survives(spawnWorker, clock)) return
  const open = Object.entries(addresses).filter(([, address]) => !isLoopback(address))
  if (open.length === 0) {
    logger.warn(`any participant can end the media worker with a packet, so it serves this machine only; ${REMEDY}`)
    return
  }
  throw new SettingsError(
    open.map(
      ([name, address]) =>
        `${name}: ${address} is open to others, and any of them could end the media worker with a packet; ${REMEDY}, or serve this machine only with 127.0.0.1`,
    ),
  )
}
