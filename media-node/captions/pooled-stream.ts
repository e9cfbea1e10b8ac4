import type { CaptionMetrics } from './caption-metrics.ts'
import type { Lane } from './lane.ts'
import type { LaneCaption, LaneStatus, LaneStreamOptions } from './lane-messages.ts'
import { CHUNK_TICKS } from './pcm-chunker.ts'

export type StreamListener = {
  /** `postedAt` is when the lane gave it away, in monotonic milliseconds. */
  caption(caption: LaneCaption, postedAt: number): void
  status(status: LaneStatus): void
  /** The text under way is lost. The stream goes on, now or as soon as there is a lane for it. */
  laneLost(): void
}

export type PooledStreamParts = {
  readonly id: number
  readonly options: LaneStreamOptions
  readonly listener: StreamListener
  readonly count: CaptionMetrics['count']
  readonly closed: () => void
}

/** What a packet of Chromium's carries. A wrong guess costs a little time and nothing else. */
const PACKET_TICKS = 960
const TIMESTAMP_OFFSET = 4

/** One speaker's way into whichever lane carries it at the moment. */
export class PooledStream {
  readonly #parts: PooledStreamParts
  #lane: Lane | undefined
  #chunk: number | undefined
  #closed = false

  constructor(parts: PooledStreamParts) {
    this.#parts = parts
  }

  get listener(): StreamListener {
    return this.#parts.listener
  }

  get lane(): Lane | undefined {
    return this.#lane
  }

  enter(lane: Lane): void {
    this.#lane = lane
    lane.open(this.#parts.id, this.#parts.options)
  }

  laneLost(): void {
    this.#lane = undefined
    this.#parts.listener.laneLost()
  }

  /** Takes an RTP packet the moment it arrives. */
  packet(packet: Buffer): void {
    if (this.#closed) return
    if (this.#lane === undefined) this.#parts.count('packets_dropped', 1)
    else this.#lane.packet(this.#parts.id, packet, { completesChunk: this.#completesChunk(packet) })
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#lane?.closeStream(this.#parts.id)
    this.#parts.closed()
  }

  #completesChunk(packet: Buffer): boolean {
    if (packet.length < TIMESTAMP_OFFSET + 4) return false
    const chunk = Math.floor((packet.readUInt32BE(TIMESTAMP_OFFSET) + PACKET_TICKS) / CHUNK_TICKS)
    const completes = chunk !== this.#chunk
    this.#chunk = chunk
    return completes
  }
}
