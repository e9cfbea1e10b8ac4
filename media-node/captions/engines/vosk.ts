import { z } from 'zod'
import type { Clock } from '../../../shared/clock.ts'
import type { Engine } from '../engine.ts'
import { joinedTexts, withoutTokenSpaces } from '../written-words.ts'
import { EngineTrouble } from './engine-trouble.ts'
import { type LanguageTable, languageLookup } from './language-lookup.ts'
import { parseAnswer } from './parse-answer.ts'
import { SAMPLE_RATE, SAMPLES_PER_MS } from './pcm-bytes.ts'
import { RemoteEngine } from './remote-engine.ts'
import { chainSessions } from './session-chain.ts'
import type { Connect, SpeechConnection, UtteranceAnswer } from './speech-connection.ts'
import { WaitingSound } from './waiting-sound.ts'
import { openWebSocketLink, type WebSocketLink } from './web-socket-link.ts'

export type VoskSettings = {
  /** Such as `ws://127.0.0.1:2700`. */
  readonly url: string
  /** A server has one model, and the protocol no language: these are the ones it is used for. */
  readonly languages?: LanguageTable | undefined
}

/** The server's WebSocket library takes messages up to 1 MiB: this is 320 kB. */
const MAX_JOINED_MS = 10_000
/** The server compares this byte by byte. */
const END = '{"eof" : 1}'

/**
 * What a server says of sound: one of these keys, and beside it words with their times (`result`, `partial_result`), the
 * speaker's voice (`spk`) and more, as it is set up. With `max_alternatives` a text comes as the first of several.
 */
const reply = z.object({
  text: z.string().optional(),
  partial: z.string().optional(),
  alternatives: z.array(z.object({ text: z.string() })).optional(),
})

/**
 * Recognises speech with a vosk-server. Each utterance has a connection of its own, whose end (`eof`) asks for the final
 * text: `reset`, which would keep a connection open, is unknown to most servers that are about, and breaks them.
 */
export function voskEngine(settings: VoskSettings, maxStreams: number, clock: Clock): Engine {
  return new RemoteEngine({
    languages: languageLookup(settings.languages ?? { en: 'en' }),
    maxStreams,
    clock,
    connect: () => chainSessions({ clock, connect: connectTo(settings, clock), renewAfterMs: 0 }),
  })
}

function connectTo({ url }: VoskSettings, clock: Clock): Connect {
  return async (onTrouble, signal) => {
    const connection = new VoskConnection()
    connection.take(
      await openWebSocketLink({
        url: new URL(url),
        clock,
        signal,
        onMessage: (text) => connection.receive(text),
        onTrouble,
      }),
    )
    return connection
  }
}

/** Carries one utterance. The server answers each message once, so that the next one waits for the answer. */
class VoskConnection implements SpeechConnection {
  readonly #waiting = new WaitingSound()
  readonly #spans: string[] = []
  #link: WebSocketLink | undefined
  #answer: UtteranceAnswer | undefined
  #state: 'ready' | 'sound-sent' | 'end-sent' | 'answered' = 'ready'
  #finished = false

  get queuedMs(): number {
    return this.#waiting.ms + (this.#link?.bufferedBytes ?? 0) / (2 * SAMPLES_PER_MS)
  }

  take(link: WebSocketLink): void {
    this.#link = link
    link.send(JSON.stringify({ config: { sample_rate: SAMPLE_RATE } }))
  }

  begin(answer: UtteranceAnswer): void {
    this.#answer = answer
  }

  write(pcm: Int16Array): void {
    this.#waiting.add(pcm)
    this.#sendNext()
  }

  finish(): void {
    this.#finished = true
    this.#sendNext()
  }

  receive(text: string): void {
    const { partial, ...said } = parseAnswer(text, reply)
    const span = (said.text ?? said.alternatives?.map((alternative) => alternative.text)[0] ?? '').trim()
    // Not about sound, such as an answer to the settings.
    if (partial === undefined && said.text === undefined && said.alternatives === undefined) return
    if (this.#state === 'ready' || this.#state === 'answered') {
      throw new EngineTrouble('unreachable', 'answered what was not asked')
    }
    if (partial !== undefined) this.#answer?.partial(this.#textWith(partial))
    else if (span !== '') this.#spans.push(span)
    if (this.#state === 'end-sent') {
      this.#state = 'answered'
      this.#answer?.final(this.#textWith(''))
    } else {
      if (partial === undefined) this.#answer?.partial(this.#textWith(''))
      this.#state = 'ready'
      this.#sendNext()
    }
  }

  close(): void {
    this.#link?.close()
  }

  /** Kaldi puts a space between any two of its words, in Chinese and Japanese too. */
  #textWith(partial: string): string {
    return withoutTokenSpaces(joinedTexts([...this.#spans, partial]))
  }

  #sendNext(): void {
    if (this.#state !== 'ready') return
    if (this.#waiting.ms > 0) {
      this.#state = 'sound-sent'
      this.#link?.send(this.#waiting.take(MAX_JOINED_MS))
    } else if (this.#finished) {
      this.#state = 'end-sent'
      this.#link?.send(END)
    }
  }
}
