import type { Ears, Hearing } from './hearing.ts'
import { pcmOf } from './pcm-of.ts'
import type { SpeechServer } from './speech-server.ts'
import { type Client, startWebSocketServer, type Talk } from './web-socket-server.ts'

/** How a server is set up to answer: `plain`, or with `VOSK_ALTERNATIVES`, with `VOSK_SHOW_WORDS`, or with a model of voices. */
export type VoskShape = 'plain' | 'alternatives' | 'words' | 'voices'

/** vosk-server as its published images are: one reply for each message but `config`, and no `reset`. */
export function startVoskServer(ears: Ears, port = 0, shape: VoskShape = 'plain'): Promise<SpeechServer> {
  return startWebSocketServer('/', (client) => new VoskTalk(client, ears, shape), port)
}

class VoskTalk implements Talk {
  readonly #client: Client
  readonly #ears: Ears
  readonly #shape: VoskShape
  #hearing: Hearing | undefined
  #sampleRate = 8_000
  #heardMs = 0

  constructor(client: Client, ears: Ears, shape: VoskShape) {
    this.#client = client
    this.#ears = ears
    this.#shape = shape
  }

  async onMessage(data: Buffer, isBinary: boolean): Promise<void> {
    if (!isBinary && data.includes('config')) {
      this.#sampleRate = JSON.parse(data.toString()).config.sample_rate
      if (this.#shape !== 'plain') this.#client.greet({ config: { sample_rate: this.#sampleRate } })
      return
    }
    this.#hearing ??= await this.#ears.listen()
    if (isBinary) {
      const pcm = pcmOf(data)
      this.#heardMs += pcm.length / 16
      if (this.#sampleRate !== 16_000) throw new Error('sound of the wrong rate')
      await this.#client.answer(this.#partial(this.#hearing.hear(pcm)), this.#heardMs)
    } else if (data.toString() === '{"eof" : 1}') {
      await this.#client.answer(this.#final(this.#hearing.end()), this.#heardMs)
      this.#hearing = undefined
      this.#client.hangUp(1000)
    } else throw new TypeError('text where sound is due')
  }

  onClose(): void {
    this.#hearing?.close()
  }

  #partial(partial: string): object {
    if (this.#shape !== 'words') return { partial }
    return partial === '' ? { partial } : { partial, partial_result: wordsOf(partial) }
  }

  #final(text: string): object {
    switch (this.#shape) {
      case 'plain':
        return { text, result: [] }
      case 'words':
        return { result: wordsOf(text), text }
      case 'voices':
        return { spk: [0.1, -0.2], spk_frames: 100, text }
      case 'alternatives': {
        const best = { confidence: 230.5, result: wordsOf(text), text: ` ${text}` }
        return { alternatives: [best, { confidence: 229.1, text: ' something else' }] }
      }
    }
  }
}

function wordsOf(text: string): readonly object[] {
  return text.split(' ').map((word, index) => ({ conf: 1, start: index / 10, end: (index + 1) / 10, word }))
}
