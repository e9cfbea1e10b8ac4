import { startDeepgramServer } from '../../speech-servers/deepgram-server.ts'
import { remoteEngineContract } from './remote-engine-contract.ts'

remoteEngineContract({
  start: startDeepgramServer,
  settings: (url) => ({ name: 'deepgram', url, apiKey: 'key', model: 'nova-3', vocabulary: [] }),
  unsupportedLanguage: 'tlh',
})
