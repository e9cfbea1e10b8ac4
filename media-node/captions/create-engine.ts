import type { Engine } from './engine.ts'
import type { EngineSettings } from './engine-settings.ts'

/** The engine that the settings name, ready to take so many streams. Rejects when this machine cannot have it. */
export async function createEngine(settings: EngineSettings, maxStreams: number): Promise<Engine> {
  switch (settings.name) {
    case 'none':
      throw new Error('the settings name no engine')
    case 'pocketsphinx': {
      const { PocketSphinxEngine } = await import('./engines/pocketsphinx.ts')
      return await PocketSphinxEngine.create(settings, maxStreams)
    }
  }
}
