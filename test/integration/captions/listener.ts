import assert from 'node:assert/strict'
import {
  type Engine,
  type EngineFailure,
  type EngineStream,
  isFailure,
  type RecognisedText,
} from '../../../media-node/captions/engine.ts'

/** Recognition on a machine that is busy with other tests takes its time. */
const PATIENCE_MS = 20_000

/** What an engine says of one stream, and a way to await it. */
export class Listener {
  readonly texts: RecognisedText[] = []
  readonly failures: EngineFailure[] = []
  /** Messages that were passed over. */
  ignored = 0
  readonly #waiting = new Set<() => void>()

  get finals(): readonly string[] {
    return this.texts.filter(({ final }) => final).map(({ text }) => text)
  }

  onText(text: RecognisedText): void {
    this.texts.push(text)
    this.#look()
  }

  onFailure(failure: EngineFailure): void {
    this.failures.push(failure)
    this.#look()
  }

  /** Resolves when so many final texts have come in all. */
  async untilFinals(count: number): Promise<void> {
    await this.#until(`${count} final texts`, () => this.finals.length >= count || this.failures.length > 0)
    if (this.finals.length < count) assert.fail(`${this.finals.length} final texts, then ${this.failures[0]?.detail}`)
  }

  async untilText(): Promise<void> {
    await this.#until('a text', () => this.texts.length > 0)
  }

  async untilFailure(): Promise<EngineFailure> {
    await this.#until('a failure', () => this.failures.length > 0)
    return this.failures[0] ?? assert.fail()
  }

  #look(): void {
    for (const look of this.#waiting) look()
  }

  #until(what: string, reached: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const texts = () => JSON.stringify([this.texts, this.failures])
      const timer = setTimeout(() => reject(new Error(`${what} did not come: ${texts()}`)), PATIENCE_MS)
      const look = () => {
        if (!reached()) return
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }
}

export type Listened = { readonly stream: EngineStream; readonly heard: Listener }

/** Opens a stream, or fails the test. */
export async function openStream(engine: Engine, language: string): Promise<Listened> {
  const heard = new Listener()
  const stream = await engine.open({
    language,
    onText: (text) => heard.onText(text),
    onFailure: (failure) => heard.onFailure(failure),
    onIgnored: () => {
      heard.ignored += 1
    },
  })
  if (isFailure(stream)) assert.fail(`${stream.kind}: ${stream.detail}`)
  return { stream, heard }
}
