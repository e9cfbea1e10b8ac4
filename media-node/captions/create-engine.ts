import { type Clock, systemClock } from '../../shared/clock.ts'
import type { Engine } from './engine.ts'
import type { EngineSettings } from './engine-settings.ts'

/**
 * The engine that the settings name, ready to take up to `maxStreams` streams at once. Rejects when this machine cannot
 * have it; whether a server can be reached shows when a stream is opened.
 */
export async function createEngine(
  settings: EngineSettings,
  maxStreams: number,
  clock: Clock = systemClock,
): Promise<Engine> {
  switch (settings.name) {
    case 'none':
      throw new Error('the settings name no engine')
    case 'pocketsphinx': {
      const { PocketSphinxEngine } = await import('./engines/pocketsphinx.ts')
      return await PocketSphinxEngine.create(settings, maxStreams)
    }
    case 'http': {
      const { httpEngine } = await import('./engines/http.ts')
      return httpEngine(settings, maxStreams, clock)
    }
    case 'openai-realtime': {
      const { openAiRealtimeEngine } = await import('./engines/openai-realtime.ts')
      return openAiRealtimeEngine(settings, maxStreams, clock)
    }
    case 'deepgram': {
      const { deepgramEngine } = await import('./engines/deepgram.ts')
      return deepgramEngine(settings, maxStreams, clock)
    }
    case 'vosk': {
      const { voskEngine } = await import('./engines/vosk.ts')
      return voskEngine(settings, maxStreams, clock)
    }
    case 'amazon-transcribe': {
      const { amazonTranscribeEngine } = await import('./engines/amazon-transcribe.ts')
      return amazonTranscribeEngine(settings, maxStreams, clock)
    }
  }
}
