import type { Lane } from './lane.ts'
import type { LaneCaption, LaneStatus, LaneStreamOptions } from './lane-messages.ts'
import { CHUNK_TICKS } from './pcm-chunker.ts'
import { RecentPackets } from './recent-packets.ts'

export type StreamListener = {
  /** `postedAt` is when the lane gave it away, in monotonic milliseconds. */
  caption(caption: LaneCaption, postedAt: number): void
  status(status: LaneStatus): void
  /** The lane that carried the stream is gone. The stream goes on where it was, now or as soon as there is another. */
  laneLost(): void
  /** All that was said before the stream was to finish has its final text; the stream is closed. */
  finished(): void
}

export type PooledStreamParts = {
  readonly id: number
  readonly options: LaneStreamOptions
  readonly listener: StreamListener
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Milliseconds for which packets are kept that no text has come of. */
  readonly bufferMs: number
  readonly closed: () => void
}

/** What a packet of Chromium's carries. A wrong guess costs a little time and nothing else. */
const PACKET_TICKS = 960
const TIMESTAMP_OFFSET = 4
/** The same packets do not follow their stream into more lanes: perhaps it is they that a lane cannot bear. */
const MAX_REPEATS = 2

/** One speaker's way into whichever lane carries it at the moment. */
export class PooledStream {
  readonly #parts: PooledStreamParts
  readonly #recent: RecentPackets
  #lane: Lane | undefined
  #lostLane = false
  #repeats = 0
  /** What readers have seen that has not ended. */
  #shown: LaneCaption | undefined
  #chunk: number | undefined
  #finishing = false
  #closed = false

  constructor(parts: PooledStreamParts) {
    this.#parts = parts
    this.#recent = new RecentPackets({ maxMs: parts.bufferMs })
  }

  get lane(): Lane | undefined {
    return this.#lane
  }

  /** The lane is given what no text has come of yet, and goes on with the segment that was shown. */
  enter(lane: Lane): void {
    const { id, options } = this.#parts
    this.#lane = lane
    const resumed = this.#lostLane ? { shown: this.#shown } : undefined
    if (this.#repeats > MAX_REPEATS) this.#recent.clear()
    this.#repeats += 1
    lane.open(id, options, resumed)
    lane.repeat(id, this.#recent)
    if (this.#finishing) lane.finishStream(id)
  }

  laneLost(): void {
    this.#lane = undefined
    this.#lostLane = true
    this.#parts.listener.laneLost()
  }

  caption(caption: LaneCaption, postedAt: number): void {
    this.#shown = caption.final ? undefined : caption
    this.#parts.listener.caption(caption, postedAt)
  }

  status(status: LaneStatus): void {
    this.#parts.listener.status(status)
  }

  /** Of what arrived before, all texts have come. */
  settled(before: number): void {
    if (this.#recent.settle(before)) this.#repeats = 0
  }

  /** Takes an RTP packet the moment it arrives. */
  packet(packet: Buffer): void {
    if (this.#closed || this.#finishing) return
    const arrivedAt = this.#parts.now()
    this.#recent.add(arrivedAt, packet)
    this.#lane?.packet(this.#parts.id, { arrivedAt, packet, completesChunk: this.#completesChunk(packet) })
  }

  /** Takes no more packets; what was said goes on to its end, whichever lane carries it then. */
  finish(): void {
    if (this.#closed || this.#finishing) return
    this.#finishing = true
    this.#lane?.finishStream(this.#parts.id)
  }

  finished(): void {
    this.close()
    this.#parts.listener.finished()
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
