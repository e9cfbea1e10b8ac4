import type { Ears, Hearing } from './hearing.ts'
import { pcmOf } from './pcm-of.ts'
import type { SpeechServer } from './speech-server.ts'
import { type Client, startWebSocketServer, type Talk } from './web-socket-server.ts'

/** A span is closed when it has so much sound, wherever in an utterance that is. */
const SPAN_SECONDS = 1.5
/** Words at a span's end that may yet change, and go to the next one. */
const OPEN_WORDS = 3

/** Deepgram's live API: results of spans, `Finalize`, `KeepAlive`, `CloseStream`. */
export function startDeepgramServer(ears: Ears): Promise<SpeechServer> {
  return startWebSocketServer('/v1/listen', (client) => new DeepgramTalk(client, ears))
}

class DeepgramTalk implements Talk {
  readonly #client: Client
  readonly #ears: Ears
  #hearing: Hearing | undefined
  #text = ''
  /** Words of the utterance that are in spans already. */
  #closedWords = 0
  #spanStart = 0
  #heardUntil = 0
  #utteranceStart = 0

  constructor(client: Client, ears: Ears) {
    this.#client = client
    this.#ears = ears
  }

  async onMessage(data: Buffer, isBinary: boolean): Promise<void> {
    if (isBinary) await this.#hear(pcmOf(data))
    else await this.#obey(JSON.parse(data.toString()).type)
  }

  onClose(): void {
    this.#hearing?.close()
    this.#hearing = undefined
  }

  async #hear(pcm: Int16Array): Promise<void> {
    this.#hearing ??= await this.#ears.listen()
    this.#text = this.#hearing.hear(pcm)
    this.#heardUntil += pcm.length / 16_000
    const closes = this.#heardUntil - this.#spanStart >= SPAN_SECONDS
    await this.#result({ is_final: closes, speech_final: closes })
  }

  async #obey(type: string): Promise<void> {
    if (type === 'Finalize') {
      this.#text = this.#hearing?.end() ?? ''
      this.#hearing = undefined
      await this.#result({ is_final: true, speech_final: true, from_finalize: true })
      this.#closedWords = 0
      this.#utteranceStart = this.#heardUntil
    } else if (type === 'CloseStream') {
      this.#client.greet({ type: 'Metadata', request_id: 'a', duration: this.#heardUntil, channels: 1 })
      this.#client.hangUp(1000)
    }
  }

  async #result(flags: { is_final: boolean; speech_final: boolean; from_finalize?: true }): Promise<void> {
    const words = this.#text.split(' ').filter((word) => word !== '')
    const closed =
      flags.is_final && !flags.from_finalize ? Math.max(this.#closedWords, words.length - OPEN_WORDS) : words.length
    const transcript = words.slice(this.#closedWords, closed).join(' ')
    const start = this.#spanStart
    if (flags.is_final) {
      this.#closedWords = closed
      this.#spanStart = this.#heardUntil
    }
    const duration = this.#heardUntil - start
    const channel = { alternatives: [{ transcript, confidence: 0.9, words: [] }] }
    const message = { type: 'Results', channel_index: [0, 1], start, duration, ...flags, channel }
    await this.#client.answer(message, 1_000 * (this.#heardUntil - this.#utteranceStart))
  }
}
