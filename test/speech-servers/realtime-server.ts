import { randomUUID } from 'node:crypto'
import type { Ears, Hearing } from './hearing.ts'
import { pcmOf } from './pcm-of.ts'
import type { SpeechServer } from './speech-server.ts'
import { type Client, startWebSocketServer, type Talk } from './web-socket-server.ts'

/**
 * OpenAI's Realtime API for transcription, in its current shape (the text of an item comes in deltas after its commit)
 * or in the flat one of speaches (the whole text, and an error for each setting it has not). With `shuffled`, the texts
 * of two items come in the wrong order.
 */
export function startRealtimeServer(
  ears: Ears,
  options: { readonly shape: 'current' | 'flat'; readonly shuffled?: boolean },
): Promise<SpeechServer> {
  return startWebSocketServer('/v1/realtime', (client) => new RealtimeTalk(client, ears, options))
}

class RealtimeTalk implements Talk {
  readonly #client: Client
  readonly #ears: Ears
  readonly #options: { readonly shape: 'current' | 'flat'; readonly shuffled?: boolean }
  readonly #heldBack: (() => Promise<void>)[] = []
  #hearing: Hearing | undefined
  #configured = false
  #heardMs = 0

  constructor(client: Client, ears: Ears, options: { shape: 'current' | 'flat'; shuffled?: boolean }) {
    this.#client = client
    this.#ears = ears
    this.#options = options
    client.greet({ type: 'session.created', event_id: randomUUID(), session: {} })
  }

  async onMessage(data: Buffer): Promise<void> {
    const event = JSON.parse(data.toString())
    if (event.type === 'session.update') this.#configure(event.session)
    else if (event.type === 'input_audio_buffer.append') await this.#append(Buffer.from(event.audio, 'base64'))
    else if (event.type === 'input_audio_buffer.commit') await this.#commit()
    else this.#error('invalid_request_error', 'unknown_event')
  }

  onClose(): void {
    this.#hearing?.close()
  }

  #configure(session: Record<string, unknown>): void {
    const current = JSON.stringify(session).includes('"audio":{"input":{"format":{"type":"audio/pcm","rate":24000}')
    const flat = 'input_audio_transcription' in session && session['turn_detection'] === null
    if (this.#options.shape === 'flat') this.#error('invalid_request_error', null)
    if (this.#options.shape === 'flat' ? !flat : !current) this.#error('invalid_request_error', 'invalid_value')
    else {
      this.#configured = true
      this.#client.greet({ type: 'session.updated', event_id: randomUUID(), session })
    }
  }

  async #append(bytes: Buffer): Promise<void> {
    if (!this.#configured) throw new Error('sound before the settings')
    this.#hearing ??= await this.#ears.listen()
    const pcm = pcmOf(bytes)
    this.#heardMs += pcm.length / 24
    this.#hearing.hear(to16kHz(pcm))
    // The API is silent until a commit; a server that is to hang up does so all the same.
    await this.#client.answer({ type: 'rate_limits.updated' }, this.#heardMs)
  }

  async #commit(): Promise<void> {
    if (this.#heardMs < 100) {
      this.#error('invalid_request_error', 'input_audio_buffer_commit_empty')
      return
    }
    const item_id = `item_${randomUUID()}`
    const transcript = this.#hearing?.end() ?? ''
    const heardMs = this.#heardMs
    this.#hearing = undefined
    this.#heardMs = 0
    await this.#client.answer({ type: 'input_audio_buffer.committed', item_id, previous_item_id: null }, heardMs)
    this.#heldBack.push(() => this.#tell(item_id, transcript, heardMs))
    if (this.#options.shuffled && this.#heldBack.length < 2) return
    for (const tell of this.#heldBack.splice(0).reverse()) await tell()
  }

  async #tell(item_id: string, transcript: string, heardMs: number): Promise<void> {
    const type = 'conversation.item.input_audio_transcription'
    if (this.#options.shape === 'current') {
      for (const delta of transcript.split(/(?<= )/)) {
        await this.#client.answer({ type: `${type}.delta`, item_id, content_index: 0, delta }, heardMs)
      }
    }
    await this.#client.answer({ type: `${type}.completed`, item_id, content_index: 0, transcript }, heardMs)
  }

  #error(type: string, code: string | null): void {
    this.#client.greet({ type: 'error', event_id: randomUUID(), error: { type, code, message: 'no' } })
  }
}

/** Every second sample of three, and the mean of the two between: enough for speech. */
function to16kHz(pcm: Int16Array): Int16Array {
  return Int16Array.from({ length: Math.floor((pcm.length * 2) / 3) }, (_, index) => {
    const at = (index >> 1) * 3
    if (index % 2 === 0) return pcm[at] ?? 0
    return ((pcm[at + 1] ?? 0) + (pcm[at + 2] ?? 0)) / 2
  })
}
