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
