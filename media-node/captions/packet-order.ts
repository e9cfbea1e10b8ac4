import type { CaptionMetrics } from './caption-metrics.ts'
import type { RtpPacket } from './rtp-packet.ts'
import { WrappingCounter } from './wrapping-counter.ts'

/**
 * A packet of one stream with the time, in monotonic milliseconds, at which it came in and was handed to the lane; without
 * the latter, another lane had it before.
 */
export type ArrivedPacket = RtpPacket & { readonly arrivedAt: number; readonly handedAt: number | undefined }

/** How many packets are held back for one that is missing: 200 ms of ordinary packets. */
const WINDOW_PACKETS = 10
/**
 * How long a packet is held back for one that is missing: long enough for it to be asked for and sent again, which takes
 * the media worker up to 40 ms and the way there and back.
 */
const WINDOW_MS = 150
const REMEMBERED_PACKETS = 128
/** A jump by more than this is a source that starts anew. */
const RESTART_DISTANCE = 1000

/**
 * Puts one stream's packets into the order of their sequence numbers. Each is handed on once; what comes twice or after
 * its turn is dropped and counted, and what does not come within the window is counted as lost.
 */
export class PacketOrder {
  readonly #count: CaptionMetrics['count']
  readonly #held = new Map<number, ArrivedPacket>()
  readonly #handedOn: (number | undefined)[] = []
  #counter = new WrappingCounter(16)
  #next: number | undefined
  #ssrc: number | undefined

  constructor(count: CaptionMetrics['count']) {
    this.#count = count
  }

  /** Takes a packet and returns those whose turn has come, in order. */
  push(packet: ArrivedPacket): ArrivedPacket[] {
    const waiting = packet.ssrc === this.#ssrc ? [] : this.#restart(packet.ssrc)
    const sequence = this.#counter.unwrap(packet.sequenceNumber)
    this.#next ??= sequence
    if (Math.abs(sequence - this.#next) > RESTART_DISTANCE) {
      waiting.push(...this.#restart(packet.ssrc), ...this.push(packet))
      return waiting
    }
    if (sequence === this.#next && this.#held.size === 0) return [...waiting, this.#handOn(sequence, packet)]
    if (this.#held.has(sequence) || this.#handedOn[slot(sequence)] === sequence) this.#count('packets_duplicate', 1)
    else if (sequence < this.#next) this.#count('packets_late', 1)
    else this.#held.set(sequence, packet)
    return [...waiting, ...this.release(packet.arrivedAt)]
  }

  /** The packets whose turn has come by `now`, giving up those that were waited for too long. */
  release(now: number): ArrivedPacket[] {
    const released: ArrivedPacket[] = []
    while (this.#next !== undefined && this.#held.size > 0) {
      const packet = this.#held.get(this.#next)
      if (packet !== undefined) {
        this.#held.delete(this.#next)
        released.push(this.#handOn(this.#next, packet))
      } else if (this.#held.size < WINDOW_PACKETS && !this.#waitedTooLong(now)) break
      else {
        this.#count('packets_lost', 1)
        this.#next += 1
      }
    }
    return released
  }

  #handOn(sequence: number, packet: ArrivedPacket): ArrivedPacket {
    this.#handedOn[slot(sequence)] = sequence
    this.#next = sequence + 1
    return packet
  }

  #waitedTooLong(now: number): boolean {
    for (const packet of this.#held.values()) if (now - packet.arrivedAt >= WINDOW_MS) return true
    return false
  }

  #restart(ssrc: number): ArrivedPacket[] {
    const waiting = [...this.#held].sort(([a], [b]) => a - b).map(([, packet]) => packet)
    this.#held.clear()
    this.#handedOn.length = 0
    this.#counter = new WrappingCounter(16)
    this.#next = undefined
    this.#ssrc = ssrc
    return waiting
  }
}

function slot(sequence: number): number {
  return ((sequence % REMEMBERED_PACKETS) + REMEMBERED_PACKETS) % REMEMBERED_PACKETS
}
