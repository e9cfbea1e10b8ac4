import type { EngineSettings } from '../../media-node/captions/engine-settings.ts'
import { startDeepgramServer } from './deepgram-server.ts'
import type { Ears } from './hearing.ts'
import { startHttpSpeechServer } from './http-speech-server.ts'
import { startRealtimeServer } from './realtime-server.ts'
import type { SpeechServer } from './speech-server.ts'
import { startTranscribeServer } from './transcribe-server.ts'
import { startVoskServer } from './vosk-server.ts'

export type RemoteEngine = {
  readonly label: string
  readonly start: (ears: Ears) => Promise<SpeechServer>
  readonly settings: (url: string) => EngineSettings
  /** An answer of the right form whose content is wrong. */
  readonly wrongTypes: string | Buffer
  /** It sends no more before an answer has come, and joins what waits. */
  readonly takesTurns: boolean
}

/** What no log and no failure may show. */
export const SECRET = 'not-for-anyone'
const vocabulary = ['Opus']
process.env['AWS_ACCESS_KEY_ID'] = 'id'
process.env['AWS_SECRET_ACCESS_KEY'] = SECRET

/** Every engine that is reached over a network, with a server that speaks its protocol. */
export const remoteEngines: readonly RemoteEngine[] = [
  {
    label: 'http',
    start: startHttpSpeechServer,
    settings: (url) => ({ name: 'http', url, token: SECRET, vocabulary }),
    wrongTypes: '{"segments":[{"segmentId":7,"text":null}]}',
    takesTurns: true,
  },
  {
    label: 'deepgram',
    start: startDeepgramServer,
    settings: (url) => ({ name: 'deepgram', url, apiKey: SECRET, model: 'nova-3', vocabulary }),
    wrongTypes: '{"type":"Results","is_final":"yes","channel":[]}',
    takesTurns: false,
  },
  {
    label: 'vosk',
    start: startVoskServer,
    settings: (url) => ({ name: 'vosk', url }),
    wrongTypes: '{"partial":["one"]}',
    takesTurns: true,
  },
  ...(['current', 'flat'] as const).map((shape) => ({
    label: `openai-realtime (${shape})`,
    start: (ears: Ears) => startRealtimeServer(ears, { shape }),
    settings: (url: string): EngineSettings => {
      return { name: 'openai-realtime', url, apiKey: SECRET, model: 'gpt-live-transcribe', shape, vocabulary }
    },
    wrongTypes: '{"type":"conversation.item.input_audio_transcription.completed","item_id":3}',
    takesTurns: false,
  })),
  {
    label: 'amazon-transcribe',
    start: startTranscribeServer,
    settings: (endpoint) => ({ name: 'amazon-transcribe', region: 'us-east-1', endpoint }),
    wrongTypes: Buffer.alloc(64, '{"Transcript":3}'),
    takesTurns: false,
  },
]
