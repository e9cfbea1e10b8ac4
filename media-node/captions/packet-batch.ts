/** A packet in a batch; `packet` is a view into the batch. */
export type BatchedPacket = { readonly stream: number; readonly arrivedAt: number; readonly packet: Uint8Array }

/** What is handed to a lane at once: the first `length` bytes of `buffer`. */
export type PacketBatch = { readonly buffer: ArrayBuffer; readonly length: number }

const HEADER_BYTES = 4 + 8 + 2
const LEAST_CAPACITY = 512
/** Half a second of 400 streams at 48 kbit/s. What comes on top is refused. */
const MAX_BATCH_BYTES = 2 * 1024 * 1024
const MAX_PACKET_BYTES = 0xffff

/** Gathers the packets of many streams in one buffer, so that a lane is handed all of them in one message. */
export class PacketBatchWriter {
  #buffer = new ArrayBuffer(LEAST_CAPACITY)
  #length = 0

  get empty(): boolean {
    return this.#length === 0
  }

  /** Copies a packet into the batch; false when there is no room for it. */
  add(stream: number, arrivedAt: number, packet: Uint8Array): boolean {
    const end = this.#length + HEADER_BYTES + packet.length
    if (packet.length > MAX_PACKET_BYTES || end > MAX_BATCH_BYTES) return false
    if (end > this.#buffer.byteLength) this.#buffer = this.#buffer.transfer(powerOfTwo(end))
    const header = new DataView(this.#buffer, this.#length, HEADER_BYTES)
    header.setUint32(0, stream)
    header.setFloat64(4, arrivedAt)
    header.setUint16(12, packet.length)
    new Uint8Array(this.#buffer).set(packet, this.#length + HEADER_BYTES)
    this.#length = end
    return true
  }

  /**
   * Gives the batch away and begins the next one, with room for as much: a buffer far larger than what is in it would be
   * garbage a thousand times a second, in both threads.
   */
  take(): PacketBatch {
    const batch = { buffer: this.#buffer, length: this.#length }
    this.#buffer = new ArrayBuffer(Math.max(LEAST_CAPACITY, powerOfTwo(this.#length)))
    this.#length = 0
    return batch
  }
}

/** The packets of a batch in the order in which they were added. */
export function* readPacketBatch({ buffer, length }: PacketBatch): Generator<BatchedPacket> {
  const view = new DataView(buffer)
  for (let offset = 0; offset < length; ) {
    const bytes = view.getUint16(offset + 12)
    const packet = new Uint8Array(buffer, offset + HEADER_BYTES, bytes)
    yield { stream: view.getUint32(offset), arrivedAt: view.getFloat64(offset + 4), packet }
    offset += HEADER_BYTES + bytes
  }
}

/** The least power of two that is not less. */
function powerOfTwo(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(bytes))
}
