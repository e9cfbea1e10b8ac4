/** Why an engine does not take a stream; the words that readers are told. */
export type EngineRefusal = 'engine_unavailable' | 'language_unsupported' | 'overloaded'

/** What was recognised of an utterance so far. A final text is the utterance's last. */
export type RecognisedText = { readonly text: string; readonly final: boolean }

/**
 * One speaker's speech on its way through an engine, utterance by utterance. Every utterance that was written to gets
 * one final text after `finish`, in order; its text is empty when nothing was understood.
 */
export type EngineStream = {
  /** 16 kHz mono, ordinarily 100 ms. */
  write(pcm: Int16Array): void
  /** The utterance is over. */
  finish(): void
  /** Gives up what is under way; no text comes afterwards. */
  close(): void
}

export type EngineRequest = {
  /** BCP 47. */
  readonly language: string
  onText(text: RecognisedText): void
}

/** A speech-to-text backend. */
export type Engine = {
  /** Recognisers that streams have at this moment. */
  readonly recognisers: number
  supports(language: string): boolean
  /** Opens a stream once a recogniser is there for it, or says why none will be. Never rejects. */
  open(request: EngineRequest): Promise<EngineStream | EngineRefusal>
  /** Only once all streams are closed. */
  close(): void
}
