import type { Clock } from '../../../shared/clock.ts'
import { afterRunning } from '../../../shared/deadline.ts'
import { EngineTrouble } from './engine-trouble.ts'
import type { Connect, OnTrouble, SpeechConnection } from './speech-connection.ts'

/** Within so long a server has taken a stream, or it counts as unreachable. */
export const OPEN_DEADLINE_MS = 5_000

export type ConnectInTimeOptions = {
  readonly clock: Clock
  readonly connect: Connect
  readonly onTrouble: OnTrouble
  /** Its signal gives up the attempt; so does the deadline. */
  readonly giveUp: AbortController
}

/** Connects, or rejects with an `EngineTrouble` at the deadline and leaves nothing open. */
export async function connectInTime(options: ConnectInTimeOptions): Promise<SpeechConnection> {
  const { clock, connect, onTrouble, giveUp } = options
  const cancel = afterRunning(clock, OPEN_DEADLINE_MS, () =>
    giveUp.abort(new EngineTrouble('unreachable', 'did not take the stream in time')),
  )
  try {
    return await connect(onTrouble, giveUp.signal)
  } finally {
    cancel()
  }
}
