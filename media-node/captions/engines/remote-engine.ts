import type { Clock } from '../../../shared/clock.ts'
import type { Engine, EngineFailure, EngineRequest, EngineStream } from '../engine.ts'
import { connectInTime } from './connect-in-time.ts'
import { failureOf } from './engine-trouble.ts'
import type { LanguageLookup } from './language-lookup.ts'
import { RemoteStream } from './remote-stream.ts'
import type { Connect } from './speech-connection.ts'

export type RemoteEngineOptions = {
  /** What the engine is told for a speaker's language; undefined where it does not know it. */
  readonly languages: LanguageLookup
  readonly maxStreams: number
  readonly clock: Clock
  /** `language` is what `languages` says; `ignored` is called for each message of a kind that is not known. */
  readonly connect: (language: string, ignored: () => void) => Connect
  /** Frees what the streams shared. */
  readonly onClose?: () => void
}

/** An engine that is reached over the network. */
export class RemoteEngine implements Engine {
  readonly #options: RemoteEngineOptions
  #taken = 0

  constructor(options: RemoteEngineOptions) {
    this.#options = options
  }

  get recognisers(): number {
    return this.#taken
  }

  supports(language: string): boolean {
    return this.#options.languages(language) !== undefined
  }

  async open(request: EngineRequest): Promise<EngineStream | EngineFailure> {
    const { languages, maxStreams } = this.#options
    const language = languages(request.language)
    if (language === undefined) return { kind: 'language_unsupported', detail: 'the settings name no such language' }
    if (this.#taken >= maxStreams) return { kind: 'overloaded', detail: 'every stream is taken' }
    this.#taken += 1
    try {
      return await this.#opened(request, language)
    } catch (error) {
      this.#taken -= 1
      return failureOf(error)
    }
  }

  close(): void {
    this.#options.onClose?.()
  }

  async #opened(request: EngineRequest, language: string): Promise<EngineStream> {
    const { clock, connect } = this.#options
    let stream: RemoteStream | undefined
    let trouble: unknown
    const onTrouble = (error: unknown) => {
      trouble ??= error
      stream?.fail(failureOf(error))
    }
    const connection = await connectInTime({
      clock,
      connect: connect(language, () => request.onIgnored?.()),
      onTrouble,
      giveUp: new AbortController(),
    })
    if (trouble !== undefined) {
      connection.close()
      throw trouble
    }
    const onClosed = () => {
      this.#taken -= 1
    }
    stream = new RemoteStream({ request, connection, clock, onClosed })
    return stream
  }
}
