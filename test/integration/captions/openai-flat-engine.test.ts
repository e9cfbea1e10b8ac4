import { startRealtimeServer } from '../../speech-servers/realtime-server.ts'
import { remoteEngineContract } from './remote-engine-contract.ts'

remoteEngineContract({
  start: (ears) => startRealtimeServer(ears, { shape: 'flat' }),
  settings: (url) => ({ name: 'openai-realtime', url, apiKey: 'key', model: 'any', shape: 'flat', vocabulary: [] }),
  unsupportedLanguage: 'tlh',
  partials: false,
})
