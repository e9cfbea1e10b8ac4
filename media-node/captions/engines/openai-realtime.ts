import type { Clock } from '../../../shared/clock.ts'
import type { Engine } from '../engine.ts'
import { type LanguageTable, languageLookup } from './language-lookup.ts'
import { openAiLanguages } from './openai-languages.ts'
import { pcmBytes } from './pcm-bytes.ts'
import { parseRealtimeEvent, type RealtimeEvent, troubleOfError } from './realtime-event.ts'
import { RealtimeItems } from './realtime-items.ts'
import { type RealtimeSession, realtimeUrl, sessionUpdate } from './realtime-session.ts'
import { RemoteEngine } from './remote-engine.ts'
import { chainSessions } from './session-chain.ts'
import type { Connect, OnTrouble, SpeechConnection, UtteranceAnswer } from './speech-connection.ts'
import { Upsampler } from './upsampler.ts'
import { openWebSocketLink, type WebSocketLink } from './web-socket-link.ts'

export type OpenAiRealtimeSettings = {
  /** Up to and with the path, such as `wss://api.openai.com/v1/realtime`. */
  readonly url: string
  /** Without it no credentials are sent. */
  readonly apiKey?: string | undefined
  readonly model: string
  /** `flat` is the older shape of sessions, which servers of one's own speak. */
  readonly shape: 'current' | 'flat'
  readonly languages?: LanguageTable | undefined
  readonly vocabulary: readonly string[]
}

/** Servers end a session after 30 minutes (speaches) or 60 (OpenAI); between two utterances it is renewed before. */
const RENEW_AFTER_MS = 20 * 60_000
/** Base64 of 24 kHz, 16 bits. */
const BYTES_PER_MS = 64
/** A commit of less than 100 ms is an error. */
const MIN_COMMIT_SAMPLES = 2_880

/** Recognises speech with OpenAI's Realtime API, or a server that speaks it. */
export function openAiRealtimeEngine(settings: OpenAiRealtimeSettings, maxStreams: number, clock: Clock): Engine {
  return new RemoteEngine({
    languages: languageLookup(settings.languages ?? openAiLanguages),
    maxStreams,
    clock,
    connect: (language, ignored) =>
      chainSessions({
        clock,
        connect: connectTo({ ...settings, language, ignored }, clock),
        renewAfterMs: RENEW_AFTER_MS,
      }),
  })
}

type Call = RealtimeSession & OpenAiRealtimeSettings & { readonly ignored: () => void }

function connectTo(session: Call, clock: Clock): Connect {
  return async (onTrouble, signal) => {
    const connection = new RealtimeConnection(session, onTrouble)
    const link = await openWebSocketLink({
      url: realtimeUrl(session.url, session),
      headers: session.apiKey === undefined ? {} : { Authorization: `Bearer ${session.apiKey}` },
      clock,
      signal,
      onMessage: (text) => connection.receive(parseRealtimeEvent(text)),
      onTrouble: (error) => connection.fail(error),
    })
    await connection.start(link, JSON.stringify(sessionUpdate(session)), signal)
    return connection
  }
}

class RealtimeConnection implements SpeechConnection {
  readonly #shape: RealtimeSession['shape']
  readonly #ignored: () => void
  readonly #items = new RealtimeItems()
  readonly #upsampler = new Upsampler()
  #onTrouble: OnTrouble
  #link: WebSocketLink | undefined
  #onStarted: (() => void) | undefined
  #uncommitted = 0

  constructor({ shape, ignored }: Pick<Call, 'shape' | 'ignored'>, onTrouble: OnTrouble) {
    this.#shape = shape
    this.#ignored = ignored
    this.#onTrouble = onTrouble
  }

  get queuedMs(): number {
    return (this.#link?.bufferedBytes ?? 0) / BYTES_PER_MS
  }

  /** Sends the session's settings and waits until the server has them. */
  async start(link: WebSocketLink, update: string, signal: AbortSignal): Promise<void> {
    const onTrouble = this.#onTrouble
    this.#link = link
    try {
      await new Promise<void>((resolve, reject) => {
        this.#onStarted = resolve
        this.#onTrouble = reject
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        link.send(update)
      })
    } catch (error) {
      link.close()
      throw error
    } finally {
      this.#onStarted = undefined
      this.#onTrouble = onTrouble
    }
  }

  begin(answer: UtteranceAnswer): void {
    this.#items.begin(answer)
  }

  write(pcm: Int16Array): void {
    this.#append(this.#upsampler.process(pcm))
  }

  finish(): void {
    this.#append(this.#upsampler.flush())
    const missing = MIN_COMMIT_SAMPLES - this.#uncommitted
    if (missing > 0) this.#append(new Int16Array(missing))
    this.#uncommitted = 0
    this.#items.finish()
    this.#link?.send('{"type":"input_audio_buffer.commit"}')
  }

  receive(event: RealtimeEvent): void {
    switch (event.type) {
      case 'started':
        this.#onStarted?.()
        return
      case 'unknown':
        this.#ignored()
        return
      case 'error': {
        const opening = this.#onStarted !== undefined
        const trouble = troubleOfError(event, { opening })
        // Such a server complains of each setting that it has not, and goes on.
        const harmless = opening && this.#shape === 'flat' && event.harmless
        if (!harmless) throw trouble
        return
      }
      default:
        this.#items.receive(event)
    }
  }

  fail(error: unknown): void {
    this.#onTrouble(error)
  }

  close(): void {
    this.#link?.close()
  }

  #append(pcm: Int16Array): void {
    this.#uncommitted += pcm.length
    const audio = pcmBytes(pcm).toString('base64')
    this.#link?.send(JSON.stringify({ type: 'input_audio_buffer.append', audio }))
  }
}
