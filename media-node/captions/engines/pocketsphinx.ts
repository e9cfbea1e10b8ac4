import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { isSameLanguage } from '../../../shared/protocol/language-tag.ts'
import type { Engine, EngineFailure, EngineRequest, EngineStream } from '../engine.ts'
import { monotonicMs } from '../monotonic-clock.ts'
import { StableText } from '../stable-text.ts'
import { type PocketSphinxDecoder, PocketSphinxLibrary } from './pocketsphinx-library.ts'
import { RecogniserPool } from './recogniser-pool.ts'

export type PocketSphinxSettings = {
  /** A folder with one folder per model, such as `en-us`. */
  readonly modelPath: string
}

/** The language that Debian ships a model for, by its primary subtag (RFC 5646 §2.2.1). */
const LANGUAGE = 'en'

/**
 * Measured with 20 sentences (196 words) in each of three synthetic voices, fed in chunks of 100 ms: word error rate,
 * delay of a word in the partial text after it was spoken, and of the final text after the last sound was written.
 *
 * | settings                              | rms   | slt    | awb   | word p50 | final p50 |
 * | PocketSphinx's own                    | 2.6 % |  8.2 % | 6.6 % | 111 ms   | 84 ms     |
 * | without the second pass (`fwdflat`)   | 2.6 % | 10.2 % | 6.6 % | 111 ms   | 12 ms     |
 * | … and without look-ahead (`pl_window`)| 2.0 % | 10.2 % | 5.1 % |  57 ms   |  8 ms     |
 * | … and with at most 2,000 active models| 2.0 % |  9.2 % | 5.1 % |  57 ms   |  8 ms     |
 * | … and without the third (`bestpath`)  | 2.0 % | 11.7 % | 9.7 % |  57 ms   |  7 ms     |
 *
 * The cap on active models also keeps one hard chunk from holding up the lane: 35 ms instead of 130 at most. Its own
 * detection of voice is off, since the lane's gate has already cut the silence.
 */
const TUNING = {
  '-fwdflat': 'no',
  '-pl_window': '0',
  '-maxhmmpf': '2000',
  '-remove_noise': 'no',
  '-remove_silence': 'no',
} as const

/** Between two hypotheses that are compared, in samples: 20 ms. See `docs/decisions/stable-captions.md`. */
const PORTION_SAMPLES = 320

/**
 * A search of the word graph that takes longer is the utterance's last one: the next would take longer still, and the lane's
 * other streams wait meanwhile. See `docs/decisions/stable-captions.md`.
 */
const MOST_SEARCH_MS = 10

/** Recognises English with the PocketSphinx on this machine, on the thread that calls it. */
export class PocketSphinxEngine implements Engine {
  readonly #recognisers: RecogniserPool<PocketSphinxDecoder>

  private constructor(recognisers: RecogniserPool<PocketSphinxDecoder>) {
    this.#recognisers = recognisers
  }

  /** Rejects when the libraries or the model are not on this machine. */
  static async create(settings: PocketSphinxSettings, maxStreams: number): Promise<PocketSphinxEngine> {
    const tuned = await decoderSettings(settings)
    const library = new PocketSphinxLibrary()
    const recognisers = new RecogniserPool<PocketSphinxDecoder>({
      load: () => library.load(tuned),
      free: (decoder) => decoder.free(),
      capacity: maxStreams,
    })
    await recognisers.warm()
    return new PocketSphinxEngine(recognisers)
  }

  get recognisers(): number {
    return this.#recognisers.taken
  }

  supports(language: string): boolean {
    return isSameLanguage(language, LANGUAGE)
  }

  async open(request: EngineRequest): Promise<EngineStream | EngineFailure> {
    if (!this.supports(request.language))
      return { kind: 'language_unsupported', detail: 'there is no model for this language' }
    const taking = this.#recognisers.take()
    if (taking === undefined) return { kind: 'overloaded', detail: 'every recogniser is taken' }
    try {
      const decoder = await taking
      return new PocketSphinxStream(decoder, request, () => this.#recognisers.giveBack(decoder))
    } catch (error) {
      return { kind: 'unreachable', detail: String(error) }
    }
  }

  close(): void {
    this.#recognisers.close()
  }
}

class PocketSphinxStream implements EngineStream {
  /** All that is written is recognised before `write` returns. */
  readonly queuedMs = 0
  readonly #decoder: PocketSphinxDecoder
  readonly #request: EngineRequest
  readonly #giveBack: () => void
  #state: 'idle' | 'in-utterance' | 'closed' = 'idle'
  #shown = ''
  #stable = new StableText()
  /** What the utterance's last search of the word graph took. */
  #searchMs = 0

  constructor(decoder: PocketSphinxDecoder, request: EngineRequest, giveBack: () => void) {
    this.#decoder = decoder
    this.#request = request
    this.#giveBack = giveBack
  }

  write(pcm: Int16Array): void {
    if (this.#state === 'closed') return
    if (this.#state === 'idle') this.#begin()
    const hypotheses: string[] = []
    for (let at = 0; at < pcm.length; at += PORTION_SAMPLES) {
      this.#decoder.process(pcm.subarray(at, at + PORTION_SAMPLES))
      hypotheses.push(this.#decoder.hypothesis())
    }
    const text = this.#stable.next(hypotheses, this.#bestPath())
    if (text === '' || text === this.#shown) return
    this.#shown = text
    this.#request.onText({ text, final: false })
  }

  finish(): void {
    if (this.#state !== 'in-utterance') return
    this.#state = 'idle'
    this.#decoder.endUtterance()
    this.#request.onText({ text: this.#decoder.hypothesis(), final: true })
  }

  close(): void {
    if (this.#state === 'closed') return
    if (this.#state === 'in-utterance') this.#decoder.endUtterance()
    this.#state = 'closed'
    this.#giveBack()
  }

  #bestPath(): string | undefined {
    if (this.#searchMs > MOST_SEARCH_MS) return undefined
    const began = monotonicMs()
    const text = this.#decoder.bestPath()
    this.#searchMs = monotonicMs() - began
    return text
  }

  #begin(): void {
    this.#state = 'in-utterance'
    this.#searchMs = 0
    this.#shown = ''
    this.#stable = new StableText()
    this.#decoder.startUtterance()
  }
}

/** What the English decoder is loaded with; rejects when the model is not on this machine. */
export async function decoderSettings({ modelPath }: PocketSphinxSettings): Promise<Record<string, string>> {
  const folder = join(modelPath, 'en-us')
  const files = {
    '-hmm': join(folder, 'en-us'),
    '-lm': join(folder, 'en-us.lm.bin'),
    '-dict': join(folder, 'cmudict-en-us.dict'),
  }
  await Promise.all(Object.values(files).map((path) => access(path)))
  return { ...files, ...TUNING }
}
