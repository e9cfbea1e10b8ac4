/** 16 kHz × 3 = 48 kHz = 24 kHz × 2. */
const UP = 3
const DOWN = 2
/** Samples of input that each sample of output is made of. */
const TAPS_PER_PHASE = 64
const TAPS = UP * TAPS_PER_PHASE
/** The filter is symmetric about this tap, a delay of 2 ms; the last of its taps is zero. */
const CENTRE = TAPS / 2 - 1
/** Half of the input's rate over the rate at which the filter runs: 8 of 48 kHz. */
const CUTOFF = 8 / 48
/** Kaiser's window: what is mirrored at 8 kHz lies 80 dB lower, but for 0.7 kHz on either side. */
const BETA = 8

const PHASES = Array.from({ length: UP }, (_, phase) =>
  Float64Array.from({ length: TAPS_PER_PHASE }, (_, tap) => UP * coefficient(UP * tap + phase)),
)

/** Brings sound from 16 to 24 kHz, chunk by chunk, with a linear-phase filter that keeps what speech has in it. */
export class Upsampler {
  /** The last samples of input, oldest first. */
  #history = new Float64Array(TAPS_PER_PHASE - 1)
  /** Where the next sample of output lies after the first sample of the next chunk, in samples of 48 kHz. */
  #position = 0

  process(pcm: Int16Array): Int16Array {
    const input = new Float64Array(this.#history.length + pcm.length)
    input.set(this.#history)
    input.set(pcm, this.#history.length)
    const end = pcm.length * UP
    const output = new Int16Array(Math.max(0, Math.ceil((end - this.#position) / DOWN)))
    for (let index = 0; index < output.length; index += 1, this.#position += DOWN) {
      output[index] = filtered(input, this.#position)
    }
    this.#position -= end
    this.#history = input.slice(pcm.length)
    return output
  }

  /** What the filter still holds; the next chunk begins from silence. */
  flush(): Int16Array {
    const rest = this.process(new Int16Array(Math.ceil(CENTRE / UP)))
    this.#history = new Float64Array(TAPS_PER_PHASE - 1)
    this.#position = 0
    return rest
  }
}

function filtered(input: Float64Array, position: number): number {
  const newest = Math.floor(position / UP) + TAPS_PER_PHASE - 1
  const phase = PHASES[position % UP] ?? new Float64Array()
  let sum = 0
  for (let tap = 0; tap < TAPS_PER_PHASE; tap += 1) sum += (phase[tap] ?? 0) * (input[newest - tap] ?? 0)
  return Math.max(-32_768, Math.min(32_767, Math.round(sum)))
}

function coefficient(tap: number): number {
  const distance = tap - CENTRE
  if (Math.abs(distance) > CENTRE) return 0
  const sinc = distance === 0 ? 2 * CUTOFF : Math.sin(2 * Math.PI * CUTOFF * distance) / (Math.PI * distance)
  return (sinc * bessel(BETA * Math.sqrt(1 - (distance / CENTRE) ** 2))) / bessel(BETA)
}

/** The modified Bessel function of the first kind and order zero, by its series. */
function bessel(x: number): number {
  let sum = 1
  for (let k = 1, term = 1; term > 1e-12 * sum; k += 1) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}
