import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Engine, EngineFailure, EngineRequest, EngineStream } from '../../../media-node/captions/engine.ts'

type OpenStream = EngineRequest & { readonly number: number; words: string[]; hangs: boolean; close(): void }

/** The words of all tests, so that a chunk of sound can carry one by its number. */
const vocabulary: string[] = []

/** 100 ms of sound in which one word is said. */
export function soundOf(word: string): Int16Array {
  if (!vocabulary.includes(word)) vocabulary.push(word)
  const pcm = new Int16Array(1_600)
  pcm[0] = vocabulary.indexOf(word)
  return pcm
}

/** Understands every word that it is given, as long as the test does not tell it to misbehave. */
export class ScriptedEngine implements Engine {
  readonly streams = new Set<OpenStream>()
  /** The number of the stream that each chunk was written to. */
  readonly writers: number[] = []
  opened = 0
  finished = 0
  /** Says nothing, whatever it is given. */
  mute = false
  /** What every stream says of itself. */
  queuedMs = 0
  /** Answers the next finals instead of what was said. */
  final: string | undefined
  /** Says nothing at this word and never answers its utterance, or breaks off at the utterance's end. */
  chokes: { readonly on: string; readonly how: 'hang' | 'break' } | undefined
  refusal: EngineFailure['kind'] | undefined
  known = (_language: string): boolean => true
  #held: PromiseWithResolvers<void> | undefined

  get recognisers(): number {
    return this.streams.size
  }

  supports(language: string): boolean {
    return this.known(language)
  }

  async open(request: EngineRequest): Promise<EngineStream | EngineFailure> {
    const number = this.opened
    this.opened += 1
    await this.#held?.promise
    if (this.refusal !== undefined) return { kind: this.refusal, detail: 'as the test wants it' }
    return this.#stream(request, number)
  }

  close(): void {}

  /** Streams open only after `let`. */
  hold(): void {
    this.#held = Promise.withResolvers()
  }

  async let(): Promise<void> {
    this.#held?.resolve()
    this.#held = undefined
    await nextTurn()
  }

  /** All its streams fail. */
  break(kind: EngineFailure['kind'] = 'unreachable'): void {
    for (const stream of [...this.streams]) this.#break(stream, kind)
  }

  #break(stream: OpenStream, kind: EngineFailure['kind']): void {
    this.streams.delete(stream)
    stream.onFailure({ kind, detail: 'as the test wants it' })
  }

  #stream(request: EngineRequest, number: number): EngineStream {
    const stream: OpenStream = {
      ...request,
      number,
      words: [],
      hangs: false,
      close: () => this.streams.delete(stream),
    }
    this.streams.add(stream)
    const engine = this
    return {
      get queuedMs() {
        return engine.queuedMs
      },
      write: (pcm) => this.#write(stream, vocabulary[pcm[0] ?? 0] ?? ''),
      finish: () => this.#finish(stream),
      close: stream.close,
    }
  }

  #write(stream: OpenStream, word: string): void {
    this.writers.push(stream.number)
    if (word === '') return
    stream.words.push(word)
    const speechless = this.chokes?.how === 'hang' && this.chokes.on === word
    if (!this.mute && !stream.hangs && !speechless) stream.onText({ text: stream.words.join(' '), final: false })
  }

  #finish(stream: OpenStream): void {
    this.finished += 1
    if (this.chokes !== undefined && stream.words.includes(this.chokes.on)) {
      stream.hangs = true
      if (this.chokes.how === 'break') this.#break(stream, 'unreachable')
      return
    }
    const text = this.final ?? stream.words.join(' ')
    stream.words = []
    if (!this.mute) stream.onText({ text, final: true })
  }
}
