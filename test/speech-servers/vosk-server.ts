import type { Ears, Hearing } from './hearing.ts'
import { pcmOf } from './pcm-of.ts'
import type { SpeechServer } from './speech-server.ts'
import { type Client, startWebSocketServer, type Talk } from './web-socket-server.ts'

/** vosk-server as its published images are: one reply for each message but `config`, and no `reset`. */
export function startVoskServer(ears: Ears, port = 0): Promise<SpeechServer> {
  return startWebSocketServer('/', (client) => new VoskTalk(client, ears), port)
}

class VoskTalk implements Talk {
  readonly #client: Client
  readonly #ears: Ears
  #hearing: Hearing | undefined
  #sampleRate = 8_000
  #heardMs = 0

  constructor(client: Client, ears: Ears) {
    this.#client = client
    this.#ears = ears
  }

  async onMessage(data: Buffer, isBinary: boolean): Promise<void> {
    if (!isBinary && data.includes('config')) {
      this.#sampleRate = JSON.parse(data.toString()).config.sample_rate
      return
    }
    this.#hearing ??= await this.#ears.listen()
    if (isBinary) {
      const pcm = pcmOf(data)
      this.#heardMs += pcm.length / 16
      if (this.#sampleRate !== 16_000) throw new Error('sound of the wrong rate')
      await this.#client.answer({ partial: this.#hearing.hear(pcm) }, this.#heardMs)
    } else if (data.toString() === '{"eof" : 1}') {
      await this.#client.answer({ text: this.#hearing.end(), result: [] }, this.#heardMs)
      this.#hearing = undefined
      this.#client.hangUp(1000)
    } else throw new TypeError('text where sound is due')
  }

  onClose(): void {
    this.#hearing?.close()
  }
}
