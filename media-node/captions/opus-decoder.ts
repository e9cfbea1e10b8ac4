import createNative, { type OpusScriptHandler, type OpusScriptNative } from 'opusscript/build/opusscript_native_wasm.js'
import opusscript from 'opusscript/package.json' with { type: 'json' }
import { OPUS_CLOCK_HZ, opusPacketSamples } from './opus-packet.ts'

export const PCM_HZ = 16_000
/** A decoder takes about 85 KB of the heap that the decoders of one thread share. */
export const MAX_DECODERS = 512

const KNOWN_VERSION = '0.1.1'
const VOICE = 2048
const RESET_STATE = 4028
const MAX_PACKET_BYTES = 3828
const MAX_PACKET_SAMPLES = (120 * PCM_HZ) / 1000
const OUTPUT_BYTES_PER_SAMPLE = 4

/**
 * The Opus decoders of one thread, on libopus as opusscript compiled it.
 *
 * opusscript's own wrapper writes the sound at twice its buffer's address, so this one stands in its place: one input
 * and one output buffer for all decoders, since a call fills and empties them before the next, and views of the heap
 * that are taken anew at each call, since the heap moves when it grows. See `docs/decisions/opusscript.md`.
 */
export class OpusDecoders {
  readonly #native: OpusScriptNative = createNative()
  readonly #input = this.#native._malloc(MAX_PACKET_BYTES)
  readonly #output = this.#native._malloc(MAX_PACKET_SAMPLES * OUTPUT_BYTES_PER_SAMPLE)
  readonly #pcm = new Int16Array(MAX_PACKET_SAMPLES)
  #alive = 0

  /** @throws when opusscript is not the version whose memory is known here */
  constructor() {
    if (opusscript.version !== KNOWN_VERSION) {
      throw new Error(`opusscript is ${opusscript.version}; its memory layout is only known for ${KNOWN_VERSION}`)
    }
  }

  get alive(): number {
    return this.#alive
  }

  /** A decoder to 16 kHz mono, or undefined when the thread has as many as it may. */
  open(): OpusDecoder | undefined {
    if (this.#alive >= MAX_DECODERS) return undefined
    this.#alive += 1
    const handler = new this.#native.OpusScriptHandler(PCM_HZ, 1, VOICE)
    return new OpusDecoder({
      decode: (packet) => this.#decode(handler, packet),
      reset: () => handler._decoder_ctl(RESET_STATE, 0),
      free: () => {
        this.#native.OpusScriptHandler.destroy_handler(handler)
        this.#alive -= 1
      },
    })
  }

  #decode(handler: OpusScriptHandler, packet: Uint8Array): Int16Array | undefined {
    const ticks = opusPacketSamples(packet)
    if (ticks === undefined || packet.length > MAX_PACKET_BYTES) return undefined
    this.#native.HEAPU8.set(packet, this.#input)
    const samples = handler._decode(this.#input, packet.length, this.#output)
    if (samples !== (ticks * PCM_HZ) / OPUS_CLOCK_HZ) return undefined

    const bytes = this.#native.HEAPU16
    const first = this.#output / Uint16Array.BYTES_PER_ELEMENT
    const pcm = this.#pcm.subarray(0, samples)
    for (let i = 0; i < samples; i += 1) {
      pcm[i] = (bytes[first + 2 * i] ?? 0) | ((bytes[first + 2 * i + 1] ?? 0) << 8)
    }
    return pcm
  }
}

type Handle = {
  decode(packet: Uint8Array): Int16Array | undefined
  reset(): void
  free(): void
}

/** Turns the packets of one stream, in order, into 16 kHz mono. */
export class OpusDecoder {
  readonly #handle: Handle
  #closed = false

  constructor(handle: Handle) {
    this.#handle = handle
  }

  /**
   * The packet's sound, or undefined when it is not an Opus packet; the next one may be. The sound is good until the next
   * packet is decoded on this thread, by whichever decoder: an array of its own for each packet would have the thread's
   * garbage collected, for some 10 ms, every half second.
   */
  decode(packet: Uint8Array): Int16Array | undefined {
    return this.#closed ? undefined : this.#handle.decode(packet)
  }

  /** Forgets what was decoded, as a new decoder would. */
  reset(): void {
    if (!this.#closed) this.#handle.reset()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#handle.free()
  }
}
