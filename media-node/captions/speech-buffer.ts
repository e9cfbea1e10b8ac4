import type { Segment } from './segments.ts'

/** Sound on its way to the engine. `heardUntil` is when the last speech up to its end was captured. */
export type TimedChunk = { readonly pcm: Int16Array; readonly heardUntil: number; readonly readyAt: number }

export type Utterance = {
  segment: Segment
  /** All its sound, to be repeated if need be, or the end of it where it is too long to be kept. */
  readonly chunks: TimedChunk[]
  /** How many of `chunks` the present engine stream was given. */
  written: number
  /** How many that were written are kept no more. */
  forgotten: number
  begun: boolean
  finished: boolean
  endedAt: number | undefined
  /** Engine streams that were given sound of it and failed before its text came. */
  failures: number
  /** When the first packet with sound of it came in. */
  readonly firstArrivedAt: number
}

export type SpeechBufferOptions = {
  /** Milliseconds of sound that are kept. */
  readonly bufferMs: number
  readonly dropped: (chunks: number) => void
  /** Sound of the utterance was lost. The segment to go on with. */
  readonly torn: (utterance: Utterance) => Segment
}

const SAMPLES_PER_MS = 16

/** The utterances of a speaker that have no final text yet, with their sound, oldest first. */
export class SpeechBuffer {
  readonly #options: SpeechBufferOptions
  #utterances: Utterance[] = []
  #current: Utterance | undefined
  #keptMs = 0
  #unwrittenMs = 0

  constructor(options: SpeechBufferOptions) {
    this.#options = options
  }

  get empty(): boolean {
    return this.#utterances.length === 0
  }

  /** Milliseconds of sound that the present engine stream has yet to be given. */
  get unwrittenMs(): number {
    return this.#unwrittenMs
  }

  /** The utterance that the next text is about. */
  get heard(): Utterance | undefined {
    return this.#utterances.find(({ begun }) => begun)
  }

  /** Whether the engine was told the end of an utterance and has not said its last about it. */
  get awaitsFinal(): boolean {
    return this.heard?.finished === true
  }

  /** The utterance from which the engine is to be given sound, or told the end, next. */
  get next(): Utterance | undefined {
    const next = this.#utterances.find(({ finished }) => !finished)
    const nothingYet = next !== undefined && next.endedAt === undefined && next.written === next.chunks.length
    return nothingYet ? undefined : next
  }

  /** When the first packet came in whose sound is still needed. */
  get firstArrivedAt(): number | undefined {
    return this.#utterances[0]?.firstArrivedAt
  }

  begin(segment: Segment, firstArrivedAt: number): void {
    const utterance = { segment, chunks: [], written: 0, forgotten: 0, begun: false, finished: false, failures: 0 }
    this.#current = { ...utterance, endedAt: undefined, firstArrivedAt }
    this.#utterances.push(this.#current)
  }

  write(chunk: TimedChunk): void {
    if (this.#current === undefined) return
    this.#current.chunks.push(chunk)
    this.#keptMs += lengthMs(chunk)
    this.#unwrittenMs += lengthMs(chunk)
    while (this.#keptMs > this.#options.bufferMs) this.#forgetOldest()
  }

  end(at: number): void {
    if (this.#current !== undefined) this.#current.endedAt = at
    this.#current = undefined
  }

  /** The next chunk of an utterance, which counts as written; undefined when there is none. */
  take(utterance: Utterance): TimedChunk | undefined {
    const chunk = utterance.chunks[utterance.written]
    if (chunk === undefined) return undefined
    utterance.written += 1
    utterance.begun = true
    this.#unwrittenMs -= lengthMs(chunk)
    return chunk
  }

  /** Nothing more will come of the utterance. */
  remove(utterance: Utterance): void {
    this.#utterances = this.#utterances.filter((other) => other !== utterance)
    if (this.#current === utterance) this.#current = undefined
    for (const [index, chunk] of utterance.chunks.entries()) {
      this.#keptMs -= lengthMs(chunk)
      if (index >= utterance.written) this.#unwrittenMs -= lengthMs(chunk)
    }
  }

  /**
   * The engine is not given again what it was given of the utterance. If it is still being said, the rest is an utterance
   * of its own, with the segment that `rest` makes.
   */
  giveUp(utterance: Utterance, rest: (chunk: TimedChunk | undefined) => Segment): void {
    const goesOn = this.#current === utterance
    const chunks = utterance.chunks.slice(utterance.written)
    this.remove(utterance)
    if (!goesOn) return
    this.begin(rest(chunks[0]), utterance.firstArrivedAt)
    for (const chunk of chunks) this.write(chunk)
  }

  /** The engine stream is gone: all goes into the next one from the beginning. Returns what has to be repeated. */
  rewind(): readonly Utterance[] {
    const repeated = this.#utterances.filter(({ begun }) => begun)
    for (const utterance of repeated) {
      for (const chunk of utterance.chunks.slice(0, utterance.written)) this.#unwrittenMs += lengthMs(chunk)
      const lost = utterance.forgotten
      Object.assign(utterance, { written: 0, forgotten: 0, begun: false, finished: false })
      if (lost > 0) this.#tear(utterance, lost)
    }
    return repeated
  }

  clear(): readonly Utterance[] {
    const utterances = this.#utterances
    this.#utterances = []
    this.#current = undefined
    this.#keptMs = 0
    this.#unwrittenMs = 0
    return utterances
  }

  #forgetOldest(): void {
    const utterance = this.#utterances.find(({ chunks }) => chunks.length > 0)
    const chunk = utterance?.chunks.shift()
    if (utterance === undefined || chunk === undefined) return
    this.#keptMs -= lengthMs(chunk)
    if (utterance.written > 0) {
      utterance.written -= 1
      utterance.forgotten += 1
      return
    }
    this.#unwrittenMs -= lengthMs(chunk)
    this.#tear(utterance, 1)
  }

  #tear(utterance: Utterance, lost: number): void {
    this.#options.dropped(lost)
    utterance.segment = this.#options.torn(utterance)
    const nothingLeft = utterance.chunks.length === 0 && utterance.endedAt !== undefined && !utterance.begun
    if (nothingLeft) this.remove(utterance)
  }
}

function lengthMs({ pcm }: TimedChunk): number {
  return pcm.length / SAMPLES_PER_MS
}
