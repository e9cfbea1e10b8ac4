import { startTranscribeServer } from '../../speech-servers/transcribe-server.ts'
import { remoteEngineContract } from './remote-engine-contract.ts'

process.env['AWS_ACCESS_KEY_ID'] = 'id'
process.env['AWS_SECRET_ACCESS_KEY'] = 'secret'

remoteEngineContract({
  start: startTranscribeServer,
  settings: (endpoint) => ({ name: 'amazon-transcribe', region: 'us-east-1', endpoint }),
  unsupportedLanguage: 'tlh',
})
