import { z } from 'zod'
import type { Clock } from '../../../shared/clock.ts'
import type { Engine } from '../engine.ts'
import { deepgramLanguages } from './deepgram-languages.ts'
import { DeepgramSpans } from './deepgram-spans.ts'
import { EngineTrouble } from './engine-trouble.ts'
import { type LanguageTable, languageLookup } from './language-lookup.ts'
import { parseAnswer } from './parse-answer.ts'
import { pcmBytes, SAMPLE_RATE, SAMPLES_PER_MS } from './pcm-bytes.ts'
import { RemoteEngine } from './remote-engine.ts'
import { chainSessions } from './session-chain.ts'
import type { Connect, OnTrouble, SpeechConnection, UtteranceAnswer } from './speech-connection.ts'
import { openWebSocketLink, type WebSocketLink } from './web-socket-link.ts'

export type DeepgramSettings = {
  /** Up to and with the path, such as `wss://api.deepgram.com/v1/listen`. */
  readonly url: string
  readonly apiKey: string
  readonly model: string
  readonly languages?: LanguageTable | undefined
  readonly vocabulary: readonly string[]
}

/** Deepgram ends a connection without sound after ten seconds, and recommends a sign of life every three to five. */
const KEEP_ALIVE_MS = 5_000
/** A pause in speech that closes a span, whose text then stays. */
const ENDPOINTING_MS = 300
const BYTES_PER_MS = 2 * SAMPLES_PER_MS

/** Errors have had several shapes, of which older ones have no type. */
const message = z.object({
  type: z.string().optional(),
  err_code: z.string().optional(),
  variant: z.string().optional(),
})
/** Known, and of no use here. */
const IDLE_TYPES: ReadonlySet<string> = new Set(['Metadata', 'SpeechStarted', 'UtteranceEnd', 'Warning'])
const results = z.object({
  start: z.number().nonnegative().optional(),
  duration: z.number().nonnegative().optional(),
  is_final: z.boolean(),
  from_finalize: z.boolean().optional(),
  channel: z.object({ alternatives: z.array(z.object({ transcript: z.string() })) }),
})

/** Recognises speech with Deepgram's live API, or a server that speaks it. */
export function deepgramEngine(settings: DeepgramSettings, maxStreams: number, clock: Clock): Engine {
  return new RemoteEngine({
    languages: languageLookup(settings.languages ?? deepgramLanguages),
    maxStreams,
    clock,
    connect: (language, ignored) =>
      chainSessions({
        clock,
        connect: connectTo({ ...settings, language, clock, ignored }),
        renewAfterMs: Number.POSITIVE_INFINITY,
      }),
  })
}

type Call = DeepgramSettings & { readonly language: string; readonly clock: Clock; readonly ignored: () => void }

function connectTo(call: Call): Connect {
  const { clock, ignored } = call
  return async (onTrouble, signal) => {
    const connection = new DeepgramConnection({ clock, onTrouble, ignored })
    connection.take(
      await openWebSocketLink({
        url: listenUrl(call),
        headers: { Authorization: `Token ${call.apiKey}` },
        clock,
        signal,
        onMessage: (text) => connection.receive(text),
        onTrouble: (error) => connection.fail(error),
      }),
    )
    return connection
  }
}

function listenUrl({ url, model, vocabulary, language }: Call): URL {
  const address = new URL(url)
  const query = {
    model,
    language,
    encoding: 'linear16',
    sample_rate: `${SAMPLE_RATE}`,
    channels: '1',
    interim_results: 'true',
    punctuate: 'true',
    endpointing: `${ENDPOINTING_MS}`,
  }
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value)
  for (const word of vocabulary) address.searchParams.append('keyterm', word)
  return address
}

/** What an error message means, by the code that it has in one place or another. */
function troubleOfMessage({ err_code, variant }: z.infer<typeof message>): EngineTrouble {
  const code = err_code ?? variant ?? ''
  const detail = `answered with the error ${/^[\w-]{1,64}$/.test(code) ? code : 'unknown'}`
  if (/too_?many|rate_?limit|concurren/i.test(code)) return new EngineTrouble('overloaded', detail)
  const refused = /auth|permission|forbidden|payment|credit|invalid_?query/i.test(code)
  return new EngineTrouble(refused ? 'refused' : 'unreachable', detail)
}

class DeepgramConnection implements SpeechConnection {
  readonly #clock: Clock
  readonly #onTrouble: OnTrouble
  readonly #ignored: () => void
  readonly #spans: DeepgramSpans
  #link: WebSocketLink | undefined
  #cancelKeepAlive: () => void = () => undefined

  constructor({ clock, onTrouble, ignored }: Pick<Call, 'clock' | 'ignored'> & { readonly onTrouble: OnTrouble }) {
    this.#clock = clock
    this.#onTrouble = onTrouble
    this.#ignored = ignored
    this.#spans = new DeepgramSpans(clock)
  }

  get queuedMs(): number {
    return (this.#link?.bufferedBytes ?? 0) / BYTES_PER_MS
  }

  take(link: WebSocketLink): void {
    this.#link = link
    this.#keepAlive()
  }

  begin(answer: UtteranceAnswer): void {
    this.#spans.begin(answer)
  }

  write(pcm: Int16Array): void {
    this.#send(pcmBytes(pcm))
    this.#spans.sent(pcm.length / SAMPLE_RATE)
  }

  finish(): void {
    this.#send('{"type":"Finalize"}')
    this.#spans.finish()
  }

  receive(text: string): void {
    const said = parseAnswer(text, message)
    if (said.type === 'Error' || said.err_code !== undefined) throw troubleOfMessage(said)
    if (said.type !== 'Results') {
      if (said.type === undefined || !IDLE_TYPES.has(said.type)) this.#ignored()
      return
    }
    const { start, duration, is_final, from_finalize, channel } = parseAnswer(text, results)
    this.#spans.heard({
      text: channel.alternatives[0]?.transcript ?? '',
      final: is_final,
      finalized: from_finalize === true,
      end: start === undefined || duration === undefined ? undefined : start + duration,
    })
  }

  fail(error: unknown): void {
    this.#stop()
    this.#onTrouble(error)
  }

  close(): void {
    this.#stop()
    this.#link?.send('{"type":"CloseStream"}')
    this.#link?.close()
  }

  #stop(): void {
    this.#cancelKeepAlive()
    this.#spans.close()
  }

  #send(data: string | Uint8Array): void {
    this.#link?.send(data)
    this.#keepAlive()
  }

  /** Only silence needs it: what is sent puts it off. */
  #keepAlive(): void {
    this.#cancelKeepAlive()
    this.#cancelKeepAlive = this.#clock.after(KEEP_ALIVE_MS, () => this.#send('{"type":"KeepAlive"}'))
  }
}
