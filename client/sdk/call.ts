import { CallError } from '../../shared/protocol/error-code.ts'
import type { Source } from '../../shared/protocol/messages.ts'
import { asCallError } from './as-call-error.ts'
import type { CallEvent } from './call-event.ts'
import { type CallState, initialState, type Speech } from './call-state.ts'
import { CaptionChoices } from './caption-choices.ts'
import { browserEnvironment, type Environment } from './environment.ts'
import type { WantedTranscript } from './fetch-transcript.ts'
import type { JoinOptions } from './join-options.ts'
import { Lifeline } from './lifeline.ts'
import { type ConnectionMedia, preloadMedia } from './open-media.ts'
import { SpeakerNames } from './speaker-names.ts'
import { Store } from './store.ts'

/**
 * One participant's call in a room. It outlives its connections: what breaks is resumed or joined again, and a room that
 * moves to another media node is followed, all by itself. It ends as a whole: by `leave()`, or with the reason in
 * `state.phase.error`.
 */
export class Call {
  readonly #state: Store<CallState>
  readonly #lifeline: Lifeline
  readonly #choices: CaptionChoices
  readonly #listeners = new Set<(event: CallEvent) => void>()

  /** Gets ready what `join` will need; a browser's first WebRTC connection takes longer to make than the next ones. */
  static preload(): Promise<void> {
    return preloadMedia()
  }

  /**
   * Joins a room, making it first if there is none. The tracks given and those of the others are connecting when this
   * settles; watch the state for them.
   *
   * @throws CallError, or the signal's reason
   */
  static async join(options: JoinOptions, environment: Environment = browserEnvironment): Promise<Call> {
    environment.preload()
    const call = new Call(options, environment)
    const giveUp = () => call.leave()
    options.signal?.addEventListener('abort', giveUp)
    try {
      options.signal?.throwIfAborted()
      await call.#lifeline.start()
      for (const source of ['microphone', 'camera'] as const) {
        const track = options.tracks?.[source]
        // A track that cannot be sent leaves the rest of the call as it is; `state.published` shows it missing.
        if (track) call.publish(source, track).catch(() => {})
      }
      if (options.captions) call.setCaptions(true).catch(() => {})
      return call
    } catch (cause) {
      call.leave()
      options.signal?.throwIfAborted()
      throw joinError(cause).traced(call.#lifeline.traceId)
    } finally {
      options.signal?.removeEventListener('abort', giveUp)
    }
  }

  private constructor(options: JoinOptions, environment: Environment) {
    const { roomId, displayName, language, captionLanguage = language, captioned = true } = options
    const speech = { language, captioned }
    this.#state = new Store(initialState({ roomId, displayName, participantId: '', speech, captionLanguage }))
    const names = new SpeakerNames(this.#state)
    this.#choices = new CaptionChoices({
      state: this.#state,
      names,
      request: (method, data) => this.#lifeline.carriers.through((connection) => connection.request(method, data)),
    })
    this.#lifeline = new Lifeline({
      room: options,
      environment,
      state: this.#state,
      names,
      listenAgain: () => this.#choices.again(),
      onEvent: (event) => this.#emit(event),
    })
  }

  get state(): CallState {
    return this.#state.get()
  }

  /** Calls `listener` after each change of `state`, until the returned function is called. */
  readonly subscribe = (listener: () => void): (() => void) => this.#state.subscribe(listener)

  /** Calls `listener` with what happens to the call as a whole, until the returned function is called. */
  on(listener: (event: CallEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Sends a track; where the source is already sent, the new track takes the old one's place. */
  publish(source: Source, track: MediaStreamTrack): Promise<void> {
    return this.#lifeline.carriers.publish(source, track)
  }

  unpublish(source: Source): Promise<void> {
    return this.#lifeline.carriers.unpublish(source)
  }

  /** Silences a source from this very call on; the promise settles when the others know. */
  mute(source: Source): Promise<void> {
    return this.#lifeline.carriers.setMuted(source, true)
  }

  unmute(source: Source): Promise<void> {
    return this.#lifeline.carriers.setMuted(source, false)
  }

  /**
   * Turns captions on or off, to be read in `language` (a BCP 47 tag) from now on. What was said lately is in the
   * transcript when this settles.
   */
  async setCaptions(enabled: boolean, language?: string): Promise<void> {
    await this.#choices.setCaptions(enabled, language)
    if (!enabled) this.#lifeline.carriers.connection?.forgetTroublesOfOthers(this.state.participantId)
  }

  /** Says which language this participant speaks from now on, and whether their speech may be captioned. */
  setSpeech(change: Partial<Speech>): Promise<void> {
    return this.#choices.setSpeech(change)
  }

  /**
   * The stored transcript of the room as one file, also for a day after the call.
   *
   * @throws CallError with the code of the API, or `unavailable` when it cannot be reached or breaks off
   */
  fetchTranscript(wanted: WantedTranscript): Promise<Blob> {
    return this.#lifeline.fetchTranscript(wanted)
  }

  /** WebRTC's own statistics, per direction. */
  getStats(): ReturnType<ConnectionMedia['getStats']> {
    return this.#lifeline.carriers.through(({ media }) => media.getStats())
  }

  leave(): void {
    this.#lifeline.end(null)
  }

  #emit(event: CallEvent): void {
    for (const listener of [...this.#listeners]) listener(event)
  }
}

/** A connection that breaks before the welcome was never there. */
function joinError(cause: unknown): CallError {
  const error = asCallError(cause)
  if (error.code !== 'connection_lost') return error
  return new CallError('unavailable', 'The media node cannot be reached.', { cause })
}
