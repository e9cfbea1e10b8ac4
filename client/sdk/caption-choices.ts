import type { Caption } from '../../shared/protocol/caption.ts'
import type { CallState, Speech } from './call-state.ts'
import { addCaption, type Transcript } from './captions.ts'
import type { Request } from './signalling.ts'
import type { SpeakerNames } from './speaker-names.ts'
import type { Store } from './store.ts'

/** What this participant chose about captions; each choice shows in the state once the media node has taken it. */
export class CaptionChoices {
  readonly #state: Store<CallState>
  readonly #names: SpeakerNames
  readonly #request: Request
  /** Counts requests, so that an answer which comes after a newer choice does not undo it. */
  #asked = 0

  constructor(options: { state: Store<CallState>; names: SpeakerNames; request: Request }) {
    this.#state = options.state
    this.#names = options.names
    this.#request = options.request
  }

  /** What was said lately is in the transcript when this settles, in the language chosen as far as it is translated. */
  async setCaptions(enabled: boolean, language = this.#state.get().captions.language): Promise<readonly Caption[]> {
    this.#asked += 1
    const asked = this.#asked
    const reply = await this.#request('set-captions', { enabled, language })
    const state = this.#state.get()
    const { captions } = state
    const transcript = this.#withBacklog(state, reply.captions)
    const isLatest = asked === this.#asked
    const chosen = isLatest && { enabled, language }
    this.#state.set({ ...state, captions: { ...captions, transcript, ...chosen } })
    return reply.captions
  }

  /** Chooses the same on a new connection; captions that cannot be had there are shown as off. */
  async again(): Promise<readonly Caption[]> {
    const { enabled, language } = this.#state.get().captions
    if (!enabled) return []
    try {
      return await this.setCaptions(true, language)
    } catch {
      const state = this.#state.get()
      // The end of a call is no choice.
      if (state.phase.name !== 'ended') {
        this.#state.set({ ...state, captions: { ...state.captions, enabled: false } })
      }
      return []
    }
  }

  async setSpeech(change: Partial<Speech>): Promise<void> {
    await this.#request('set-speech', change)
    const state = this.#state.get()
    this.#state.set({ ...state, speech: { ...state.speech, ...change } })
  }
  /** Finals of the backlog are of the past; what is still being said is of now. */
  #withBacklog({ captions }: CallState, backlog: readonly Caption[]): Transcript {
    const lines = backlog.map((caption) => ({
      ...caption,
      speaker: this.#names.of(caption.participantId),
      receivedAt: caption.final ? 0 : Date.now(),
    }))
    return lines.reduce(addCaption, captions.transcript)
  }
}
