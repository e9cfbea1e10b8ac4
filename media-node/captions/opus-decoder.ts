import createNative, { type OpusScriptHandler, type OpusScriptNative } from 'opusscript/build/opusscript_native_wasm.js'
import opusscript from 'opusscript/package.json' with { type: 'json' }
import { isOpusStereo, OPUS_CLOCK_HZ, opusPacketSamples } from './opus-packet.ts'
import { StereoMix } from './stereo-mix.ts'

export const PCM_HZ = 16_000
/** A decoder takes about 85 KB of the heap that the decoders of one thread share; a stream of two channels needs a second one. */
export const MAX_DECODERS = 512

const KNOWN_VERSION = '0.1.1'
const VOICE = 2048
const RESET_STATE = 4028
const SET_GAIN = 4034
/** libopus counts gain in 256ths of a dB. */
const GAIN_STEPS_PER_DB = 256
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
  readonly #output = this.#native._malloc(2 * MAX_PACKET_SAMPLES * OUTPUT_BYTES_PER_SAMPLE)
  readonly #pcm = new Int16Array(2 * MAX_PACKET_SAMPLES)
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
    const mono = this.#open(1)
    return mono && new OpusDecoder({ mono, openStereo: () => this.#open(2) })
  }

  #open(channels: 1 | 2): ChannelDecoder | undefined {
    if (this.#alive >= MAX_DECODERS) return undefined
    this.#alive += 1
    const handler = new this.#native.OpusScriptHandler(PCM_HZ, channels, VOICE)
    return {
      decode: (packet) => this.#decode(handler, channels, packet),
      amplify: (gainDb) => handler._decoder_ctl(SET_GAIN, Math.round(GAIN_STEPS_PER_DB * gainDb)),
      reset: () => handler._decoder_ctl(RESET_STATE, 0),
      free: () => {
        this.#native.OpusScriptHandler.destroy_handler(handler)
        this.#alive -= 1
      },
    }
  }

  #decode(handler: OpusScriptHandler, channels: 1 | 2, packet: Uint8Array): Int16Array | undefined {
    const ticks = opusPacketSamples(packet)
    if (ticks === undefined || packet.length > MAX_PACKET_BYTES) return undefined
    this.#native.HEAPU8.set(packet, this.#input)
    const samples = handler._decode(this.#input, packet.length, this.#output)
    if (samples !== (ticks * PCM_HZ) / OPUS_CLOCK_HZ) return undefined

    const bytes = this.#native.HEAPU16
    const first = this.#output / Uint16Array.BYTES_PER_ELEMENT
    const pcm = this.#pcm.subarray(0, channels * samples)
    for (let i = 0; i < pcm.length; i += 1) {
      pcm[i] = (bytes[first + 2 * i] ?? 0) | ((bytes[first + 2 * i + 1] ?? 0) << 8)
    }
    return pcm
  }
}

/** Where there are two channels, their samples take turns. */
type ChannelDecoder = {
  decode(packet: Uint8Array): Int16Array | undefined
  amplify(gainDb: number): void
  reset(): void
  free(): void
}

/** Turns the packets of one stream, in order, into 16 kHz mono. */
export class OpusDecoder {
  readonly #mono: ChannelDecoder
  readonly #openStereo: () => ChannelDecoder | undefined
  readonly #mix = new StereoMix()
  /** From the first packet of two channels on; that decodes packets of one as well. */
  #stereo: ChannelDecoder | undefined
  #gainDb = 0
  #closed = false

  constructor(parts: { mono: ChannelDecoder; openStereo: () => ChannelDecoder | undefined }) {
    this.#mono = parts.mono
    this.#openStereo = parts.openStereo
  }

  /**
   * The packet's sound, or undefined when it is not an Opus packet; the next one may be. The sound is good until the next
   * packet is decoded on this thread, by whichever decoder: an array of its own for each packet would have the thread's
   * garbage collected, for some 10 ms, every half second. Without room for a second decoder, libopus itself adds two channels.
   */
  decode(packet: Uint8Array): Int16Array | undefined {
    if (this.#closed) return undefined
    if (isOpusStereo(packet) && this.#stereo === undefined) {
      this.#stereo = this.#openStereo()
      this.#stereo?.amplify(this.#gainDb)
    }
    const sound = (this.#stereo ?? this.#mono).decode(packet)
    return sound && this.#stereo ? this.#mix.toMono(sound) : sound
  }

  /** Makes what is decoded from now on louder by so many dB, before it is rounded to 16 bits; 0 leaves it bit for bit as it is. */
  amplify(gainDb: number): void {
    if (this.#closed || gainDb === this.#gainDb) return
    this.#gainDb = gainDb
    this.#mono.amplify(gainDb)
    this.#stereo?.amplify(gainDb)
  }

  /** Forgets what was decoded, as a new decoder would. */
  reset(): void {
    if (this.#closed) return
    this.#mono.reset()
    this.#stereo?.reset()
    this.#mix.reset()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#mono.free()
    this.#stereo?.free()
  }
}
