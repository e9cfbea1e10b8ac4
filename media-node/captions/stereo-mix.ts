/** The channels cancel each other where their sum is quieter than the louder one by more than this, in energy: 9 dB. */
const CANCELLED = 1 / 8
/** What a packet's energy still counts at the next. */
const MEMORY = 0.9

/**
 * Makes one channel of two: both together, or the louder one where they cancel each other, as those of a microphone whose
 * cable inverts one of them. Which it is depends on what was heard so far, so that it does not change within a word.
 */
export class StereoMix {
  #left = 0
  #right = 0
  #sum = 0

  /** Takes sound whose channels' samples take turns. The result lies in its first half. */
  toMono(sound: Int16Array): Int16Array {
    this.#listen(sound)
    const louder = Math.max(this.#left, this.#right)
    const cancelled = this.#sum < CANCELLED * louder
    const [left, right] = !cancelled ? [0.5, 0.5] : this.#left >= this.#right ? [1, 0] : [0, 1]
    const samples = sound.length / 2
    for (let i = 0; i < samples; i += 1) {
      sound[i] = Math.round(left * (sound[2 * i] ?? 0) + right * (sound[2 * i + 1] ?? 0))
    }
    return sound.subarray(0, samples)
  }

  /** Forgets what was heard. */
  reset(): void {
    this.#left = 0
    this.#right = 0
    this.#sum = 0
  }

  #listen(sound: Int16Array): void {
    this.#left *= MEMORY
    this.#right *= MEMORY
    this.#sum *= MEMORY
    for (let i = 0; i < sound.length; i += 2) {
      const [left, right] = [sound[i] ?? 0, sound[i + 1] ?? 0]
      this.#left += left * left
      this.#right += right * right
      this.#sum += ((left + right) / 2) ** 2
    }
  }
}
