export type RecentPacket = { readonly arrivedAt: number; readonly packet: Uint8Array }

type Page = { readonly bytes: Buffer; length: number; lastArrivedAt: number }

const HEADER_BYTES = 8 + 2
const PAGE_BYTES = 4 * 1024
/** Half a minute at 128 kbit/s; a speaker who is understood as they speak needs two pages. */
const MAX_PAGES = 128

/**
 * The packets of one stream that may be needed again, oldest first: those that arrived since it was settled last, within
 * `maxMs` and half a megabyte. Adding one costs less than a microsecond.
 */
export class RecentPackets {
  readonly #maxMs: number
  readonly #pages: Page[] = []
  #spare: Page | undefined
  #settledBefore = Number.NEGATIVE_INFINITY

  constructor({ maxMs }: { maxMs: number }) {
    this.#maxMs = maxMs
  }

  /** Copies the packet. One that is too long to be a sound is left out. */
  add(arrivedAt: number, packet: Uint8Array): void {
    const length = HEADER_BYTES + packet.length
    if (length > PAGE_BYTES) return
    let page = this.#pages.at(-1)
    if (page === undefined || page.length + length > PAGE_BYTES) {
      page = this.#turnPage()
      this.#forget(arrivedAt - this.#maxMs)
      if (this.#pages.length > MAX_PAGES) this.#dropFirst()
    }
    page.bytes.writeDoubleBE(arrivedAt, page.length)
    page.bytes.writeUInt16BE(packet.length, page.length + 8)
    page.bytes.set(packet, page.length + HEADER_BYTES)
    page.length += length
    page.lastArrivedAt = arrivedAt
  }

  /** What arrived before this will not be needed again. False when that was known. */
  settle(before: number): boolean {
    if (before <= this.#settledBefore) return false
    this.#settledBefore = before
    this.#forget(before)
    return true
  }

  clear(): void {
    this.#pages.length = 0
  }

  /** Each packet is a view that holds until the next is added. */
  *[Symbol.iterator](): Generator<RecentPacket> {
    for (const { bytes, length } of this.#pages) {
      for (let offset = 0; offset < length; ) {
        const arrivedAt = bytes.readDoubleBE(offset)
        const start = offset + HEADER_BYTES
        offset = start + bytes.readUInt16BE(offset + 8)
        if (arrivedAt >= this.#settledBefore) yield { arrivedAt, packet: bytes.subarray(start, offset) }
      }
    }
  }

  #turnPage(): Page {
    const page = this.#spare ?? { bytes: Buffer.allocUnsafeSlow(PAGE_BYTES), length: 0, lastArrivedAt: 0 }
    this.#spare = undefined
    page.length = 0
    page.lastArrivedAt = Number.POSITIVE_INFINITY
    this.#pages.push(page)
    return page
  }

  #forget(before: number): void {
    while (this.#pages[0] !== undefined && this.#pages[0].lastArrivedAt < before) this.#dropFirst()
  }

  #dropFirst(): void {
    this.#spare = this.#pages.shift()
  }
}
