/** Where what is recognised of one utterance goes; texts are those of the whole utterance. */
export type UtteranceAnswer = {
  /** Nothing more will be said of this utterance. */
  readonly answered: boolean
  partial(text: string): void
  final(text: string): void
}

/** Who listens to a connection: told at most once that it is over, and never after `close`. */
export type OnTrouble = (error: unknown) => void

/**
 * A connection to an engine that carries one speaker's utterances. `begin` comes before the first sound of each
 * utterance, `finish` after its last. Each `answer` gets one final text; the order among them does not matter.
 */
export type SpeechConnection = {
  /** Milliseconds of sound that have not yet left this process. */
  readonly queuedMs: number
  begin(answer: UtteranceAnswer): void
  write(pcm: Int16Array): void
  finish(): void
  close(): void
}

/** Rejects with an `EngineTrouble` when there is no connection; leaves nothing open when `signal` gives up. */
export type Connect = (onTrouble: OnTrouble, signal: AbortSignal) => Promise<SpeechConnection>
