/**
 * Why an engine has no stream for a speaker, or gave one up. `unreachable` (it cannot be reached, broke off, answered
 * late or with rubbish) and `overloaded` may pass, so that trying again helps; `refused` (credentials or settings) and
 * `language_unsupported` stay until somebody changes something. `detail` is for the operator's log: short, and free of
 * secrets, addresses and what was said.
 */
export type EngineFailure = {
  readonly kind: 'unreachable' | 'overloaded' | 'refused' | 'language_unsupported'
  readonly detail: string
}

/** What was recognised of an utterance so far. A final text is the utterance's last. */
export type RecognisedText = { readonly text: string; readonly final: boolean }

/**
 * One speaker's speech on its way through an engine, utterance by utterance. Every utterance that was written to gets
 * one final text after `finish`, in order; its text is empty when nothing was understood. Texts are those of the whole
 * utterance, however the engine itself divides it.
 */
export type EngineStream = {
  /** Milliseconds of sound that were written and have not yet left this process; who writes waits while it is much. */
  readonly queuedMs: number
  /** 16 kHz mono, ordinarily 100 ms. */
  write(pcm: Int16Array): void
  /** The utterance is over. */
  finish(): void
  /** Gives up what is under way; nothing comes afterwards. */
  close(): void
}

export type EngineRequest = {
  /** BCP 47. */
  readonly language: string
  onText(text: RecognisedText): void
  /** The stream is over by itself and closed; what has no final text yet is lost to it. At most once. */
  onFailure(failure: EngineFailure): void
  /** The engine sent a message of a kind that is not known here, which was passed over. */
  onIgnored?(): void
}

/** A speech-to-text backend. */
export type Engine = {
  /** Streams that are open at this moment. */
  readonly recognisers: number
  supports(language: string): boolean
  /** Opens a stream within the engine's own deadline, or says why there is none. Never rejects. */
  open(request: EngineRequest): Promise<EngineStream | EngineFailure>
  /** Only once all streams are closed. */
  close(): void
}

export function isFailure(opened: EngineStream | EngineFailure): opened is EngineFailure {
  return 'kind' in opened
}
