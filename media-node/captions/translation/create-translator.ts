import type { Clock } from '../../../shared/clock.ts'
import type { Logger } from '../../../shared/logging.ts'
import { ApertiumTranslator } from './apertium-translator.ts'
import { LibreTranslate } from './libretranslate.ts'
import { RememberingTranslator } from './remembering-translator.ts'
import type { Translator } from './translator.ts'
import type { TranslatorSettings } from './translator-settings.ts'

/** The translator that the settings name. What this machine lacks for it is logged, and then it supports nothing. */
export async function createTranslator(
  settings: TranslatorSettings,
  options: { readonly clock: Clock; readonly logger: Logger },
): Promise<Translator> {
  switch (settings.name) {
    case 'none':
      return NO_TRANSLATOR
    case 'apertium': {
      const apertium = await ApertiumTranslator.create(settings, options.clock)
      if (apertium.pairs === 0) {
        options.logger.warn(
          'captions are not translated: Apertium is not on this machine; install apertium and a language pair such as apertium-eng-spa, or set TRANSLATOR',
        )
      }
      return new RememberingTranslator(apertium)
    }
    case 'libretranslate':
      return new RememberingTranslator(new LibreTranslate(settings, options.clock))
    case 'amazon-translate': {
      const { AmazonTranslate } = await import('./amazon-translate.ts')
      return new RememberingTranslator(new AmazonTranslate(settings, options.clock))
    }
  }
}

const NO_TRANSLATOR: Translator = {
  supports: () => false,
  translate: async () => ({ kind: 'pair_unsupported', detail: 'nothing translates here' }),
  close: async () => undefined,
}
