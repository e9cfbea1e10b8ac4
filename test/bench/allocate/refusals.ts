import { createApp } from '../../../control-plane/app.ts'
import { createMetrics } from '../../../control-plane/metrics.ts'
import { controlPlaneSettings } from '../../../control-plane/settings.ts'
import { generateSigningKeys, readSigningKeys } from '../../../control-plane/signing-keys.ts'
import { problem } from '../../../shared/api.ts'
import { systemClock } from '../../../shared/clock.ts'
import type { TableLocation } from '../../../shared/dynamodb/dynamodb-connection.ts'
import { readSettings } from '../../../shared/settings.ts'
import { dynamoDbTranscriptStore } from '../../../shared/transcript-store/dynamodb-transcript-store.ts'
import { type BenchFleet, logger } from './bench-fleet.ts'

const FULL = 0.9
const MOST_CALLS_PER_MINUTE = 1_000_000

/** Rooms asked of the whole control plane, by its API, while every media node is full. */
export type Refusals = {
  readonly nodes: number
  /** Answered `503 no_capacity` with `Retry-After`, in milliseconds each. */
  readonly latencies: readonly number[]
  readonly otherAnswers: number
}

export async function refusals(
  fleet: BenchFleet,
  location: TableLocation,
  options: { readonly calls: number; readonly atOnce: number },
): Promise<Refusals> {
  const transcripts = dynamoDbTranscriptStore({ ...location, clock: systemClock })
  try {
    const app = createApp({
      rooms: fleet.rooms,
      registry: fleet.registry,
      transcripts,
      probe: async () => 'refused',
      clock: systemClock,
      signingKeys: await readSigningKeys(await generateSigningKeys()),
      metrics: createMetrics(),
      logger,
      settings: readSettings(controlPlaneSettings, { RATE_LIMIT_PER_MINUTE: `${MOST_CALLS_PER_MINUTE}` }),
      addressOf: () => '127.0.0.1',
    })
    fleet.setLoad(() => FULL)
    await fleet.beat()
    const latencies: number[] = []
    let left = options.calls
    const callRest = async () => {
      while (left > 0) {
        left -= 1
        const since = performance.now()
        if (await isRefused(await app.request('/v1/rooms', { method: 'POST' })))
          latencies.push(performance.now() - since)
      }
    }
    await Promise.all(Array.from({ length: options.atOnce }, callRest))
    return { nodes: fleet.nodes, latencies, otherAnswers: options.calls - latencies.length }
  } finally {
    transcripts.close()
  }
}

async function isRefused(answer: Response): Promise<boolean> {
  const body: unknown = await answer.json()
  return (
    answer.status === 503 && answer.headers.has('retry-after') && problem.safeParse(body).data?.code === 'no_capacity'
  )
}
