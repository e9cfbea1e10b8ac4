import createNative from 'opusscript/build/opusscript_native_wasm.js'

const RATE_HZ = 48_000
const VOICE = 2048
const SET_BITRATE = 4002
const SET_DTX = 4016
const MAX_PACKET_BYTES = 3828
/** The encoder reads and writes as 16-bit words of one byte each, and twice as far as it needs to. */
const INPUT_BYTES_PER_SAMPLE = 8
const MAX_FRAME_SAMPLES = 2880
const MAX_CHANNELS = 2

/** Encodes 48 kHz to Opus, of one channel or two whose samples take turns, on a heap of its own that no decoder under test shares. */
export class OpusEncoder {
  readonly #native = createNative()
  readonly #channels: 1 | 2
  readonly #handler
  readonly #input = this.#native._malloc(
    MAX_CHANNELS * MAX_FRAME_SAMPLES * INPUT_BYTES_PER_SAMPLE + INPUT_BYTES_PER_SAMPLE,
  )
  readonly #output = this.#native._malloc(MAX_PACKET_BYTES)

  constructor({ bitrate, dtx = 0, channels = 1 }: { bitrate: number; dtx?: 0 | 1; channels?: 1 | 2 }) {
    this.#channels = channels
    this.#handler = new this.#native.OpusScriptHandler(RATE_HZ, channels, VOICE)
    this.#handler._encoder_ctl(SET_BITRATE, bitrate)
    this.#handler._encoder_ctl(SET_DTX, dtx)
  }

  /** @param frame 2.5, 5, 10, 20, 40 or 60 ms */
  encode(frame: Int16Array): Uint8Array {
    const words = this.#native.HEAPU16
    const first = this.#input / 2
    for (const [index, sample] of frame.entries()) {
      words[first + 2 * index] = sample & 0xff
      words[first + 2 * index + 1] = (sample >> 8) & 0xff
    }
    const bytes = this.#handler._encode(this.#input, frame.byteLength, this.#output, frame.length / this.#channels)
    if (bytes < 0) throw new Error(`libopus refuses a frame of ${frame.length} samples: ${bytes}`)
    return this.#native.HEAPU8.slice(this.#output, this.#output + bytes)
  }
}
