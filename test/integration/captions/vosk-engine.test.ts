import { startVoskServer } from '../../speech-servers/vosk-server.ts'
import { remoteEngineContract } from './remote-engine-contract.ts'

remoteEngineContract({
  start: startVoskServer,
  settings: (url) => ({ name: 'vosk', url }),
  unsupportedLanguage: 'es',
})
