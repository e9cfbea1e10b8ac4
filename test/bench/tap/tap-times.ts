import { monotonicMs } from '../../../media-node/captions/monotonic-clock.ts'
import { FRAME_TICKS } from './sender-plan.ts'

const TIMESTAMP_OFFSET = 4

/** Notes when each packet of each stream reached the main thread. */
export class TapTimes {
  readonly at: readonly Float64Array[]
  readonly #firstTimestamps: readonly number[]

  constructor(firstTimestamps: readonly number[], packets: number) {
    this.#firstTimestamps = firstTimestamps
    this.at = firstTimestamps.map(() => new Float64Array(packets))
  }

  note(stream: number, packet: Buffer): void {
    const times = this.at[stream]
    if (times === undefined) return
    const ticks = (packet.readUInt32BE(TIMESTAMP_OFFSET) - (this.#firstTimestamps[stream] ?? 0)) >>> 0
    times[ticks / FRAME_TICKS] = monotonicMs()
  }
}
