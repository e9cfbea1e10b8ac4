import type { AmazonTranscribeSettings } from './engines/amazon-transcribe.ts'
import type { DeepgramSettings } from './engines/deepgram.ts'
import type { HttpEngineSettings } from './engines/http.ts'
import type { OpenAiRealtimeSettings } from './engines/openai-realtime.ts'
import type { PocketSphinxSettings } from './engines/pocketsphinx.ts'
import type { VoskSettings } from './engines/vosk.ts'

/** Which engine recognises speech, and with what. */
export type EngineSettings =
  | { readonly name: 'none' }
  | ({ readonly name: 'pocketsphinx' } & PocketSphinxSettings)
  | ({ readonly name: 'http' } & HttpEngineSettings)
  | ({ readonly name: 'openai-realtime' } & OpenAiRealtimeSettings)
  | ({ readonly name: 'deepgram' } & DeepgramSettings)
  | ({ readonly name: 'vosk' } & VoskSettings)
  | ({ readonly name: 'amazon-transcribe' } & AmazonTranscribeSettings)

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
