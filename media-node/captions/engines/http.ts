import type { Clock } from '../../../shared/clock.ts'
import type { Engine } from '../engine.ts'
import { HttpConnection } from './http-connection.ts'
import { HttpPoster } from './http-poster.ts'
import { type LanguageTable, languageLookup } from './language-lookup.ts'
import { RemoteEngine } from './remote-engine.ts'

export type HttpEngineSettings = {
  /** The whole address, such as `http://127.0.0.1:9000/api/v1/transcribe-stream`. */
  readonly url: string
  readonly token?: string | undefined
  /** Without it every language is asked for, as the speaker's tag says it. */
  readonly languages?: LanguageTable | undefined
  readonly vocabulary: readonly string[]
}

/** Recognises speech with a service that speaks our own contract, `docs/stt-http.md`. */
export function httpEngine(settings: HttpEngineSettings, maxStreams: number, clock: Clock): Engine {
  const { url, token, languages, vocabulary } = settings
  const poster = new HttpPoster({ url: new URL(url), token, clock })
  return new RemoteEngine({
    languages: languages === undefined ? (language) => language : languageLookup(languages),
    maxStreams,
    clock,
    connect: (language) => async (onTrouble, signal) => {
      const connection = new HttpConnection({ poster, language, onTrouble })
      await connection.greet(vocabulary, signal)
      return connection
    },
    onClose: () => poster.close(),
  })
}
