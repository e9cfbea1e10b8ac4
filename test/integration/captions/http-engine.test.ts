import { startHttpSpeechServer } from '../../speech-servers/http-speech-server.ts'
import { remoteEngineContract } from './remote-engine-contract.ts'

remoteEngineContract({
  start: startHttpSpeechServer,
  settings: (url) => ({ name: 'http', url, vocabulary: [] }),
  unsupportedLanguage: 'tlh',
})
