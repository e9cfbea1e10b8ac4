import type { PocketSphinxSettings } from './engines/pocketsphinx.ts'

/** Which engine recognises speech, and with what. */
export type EngineSettings = { readonly name: 'none' } | ({ readonly name: 'pocketsphinx' } & PocketSphinxSettings)

/** How speech becomes text. */
export type SpeechToText = {
  readonly engine: EngineSettings
  /** Takes over while the engine cannot be had. */
  readonly fallback: EngineSettings | undefined
  /** How many may be recognised at the same moment; whoever else speaks waits for a turn. */
  readonly maxStreams: number
  /** Milliseconds of each speaker's sound that are kept until they are recognised. */
  readonly bufferMs: number
}
