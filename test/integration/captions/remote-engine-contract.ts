import { after } from 'node:test'
import { createEngine } from '../../../media-node/captions/create-engine.ts'
import type { EngineSettings } from '../../../media-node/captions/engine-settings.ts'
import { type Ears, pocketSphinxEars } from '../../speech-servers/hearing.ts'
import type { SpeechServer } from '../../speech-servers/speech-server.ts'
import { SettableClock } from '../../unit/shared/settable-clock.ts'
import { engineContract } from './engine-contract.ts'

export type RemoteEngineUnderTest = {
  readonly start: (ears: Ears) => Promise<SpeechServer>
  readonly settings: (url: string) => EngineSettings
  readonly unsupportedLanguage: string
  readonly partials?: boolean
}

/**
 * The contract of every engine, held by one over the network with real recognition behind its server. The clock stands
 * still: on a busy machine recognition may take longer than an engine waits.
 */
export function remoteEngineContract({ start, settings, ...rest }: RemoteEngineUnderTest): void {
  let ears: Ears | undefined
  let server: SpeechServer | undefined

  engineContract({
    create: async () => {
      ears = await pocketSphinxEars(4)
      server = await start(ears)
      return await createEngine(settings(server.url), 2, new SettableClock())
    },
    language: 'en-GB',
    ...rest,
  })

  after(async () => {
    await server?.close()
    ears?.close()
  })
}
