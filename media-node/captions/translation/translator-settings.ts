import { z } from 'zod'
import { type SettingProblem, whole } from '../../../shared/settings.ts'
import type { AmazonTranslateSettings } from './amazon-translate.ts'
import type { ApertiumSettings } from './apertium-translator.ts'
import type { LibreTranslateSettings } from './libretranslate.ts'

/** Which translator translates captions, and with what. */
export type TranslatorSettings =
  | { readonly name: 'none' }
  | ({ readonly name: 'apertium' } & ApertiumSettings)
  | ({ readonly name: 'libretranslate' } & LibreTranslateSettings)
  | ({ readonly name: 'amazon-translate' } & AmazonTranslateSettings)

/** The settings of translation as a media node's environment names them. */
export const translatorSettings = {
  TRANSLATOR: z
    .enum(['apertium', 'libretranslate', 'amazon-translate', 'none'])
    .default('apertium')
    .meta({ description: 'What translates captions; with `none` everybody reads what was said' }),
  APERTIUM_MODES: z
    .string()
    .default('/usr/share/apertium/modes')
    .meta({ description: "Apertium's folder with one file for each language pair, such as `eng-spa.mode`" }),
  APERTIUM_PAIRS: whole(1, 64)
    .default(4)
    .meta({ description: 'Language pairs that Apertium may have loaded at once; each takes about 140 MB' }),
  LIBRETRANSLATE_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({ description: 'LibreTranslate server; `libretranslate` needs it', defaultText: '–' }),
  LIBRETRANSLATE_API_KEY: z
    .string()
    .optional()
    .meta({ description: 'API key, where the LibreTranslate server wants one', defaultText: '–' }),
  TRANSLATE_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'an AWS region, such as eu-central-1')
    .optional()
    .meta({ description: 'AWS region of Amazon Translate; `amazon-translate` needs it', defaultText: '–' }),
  TRANSLATE_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({ description: 'Address of Amazon Translate', defaultText: "AWS's own in the region" }),
}

type FromEnvironment = z.infer<z.ZodObject<typeof translatorSettings>>

/** What each translator cannot do without. */
const NEEDED: Readonly<Record<FromEnvironment['TRANSLATOR'], keyof FromEnvironment | undefined>> = {
  none: undefined,
  apertium: undefined,
  libretranslate: 'LIBRETRANSLATE_URL',
  'amazon-translate': 'TRANSLATE_REGION',
}

/** Which settings the chosen translator lacks. */
export function translatorProblems(settings: Partial<FromEnvironment>): readonly SettingProblem[] {
  const { TRANSLATOR: translator } = settings
  const needed = translator === undefined ? undefined : NEEDED[translator]
  if (needed === undefined || settings[needed] !== undefined) return []
  return [{ name: needed, message: `${translator} needs it` }]
}

/** @throws Error when the chosen translator lacks a setting */
export function translatorOf(settings: FromEnvironment): TranslatorSettings {
  const { TRANSLATOR, LIBRETRANSLATE_URL, TRANSLATE_REGION } = settings
  switch (TRANSLATOR) {
    case 'none':
      return { name: 'none' }
    case 'apertium':
      return { name: 'apertium', modesPath: settings.APERTIUM_MODES, mostPairs: settings.APERTIUM_PAIRS }
    case 'libretranslate':
      if (LIBRETRANSLATE_URL === undefined) throw new Error('LIBRETRANSLATE_URL is not set')
      return { name: 'libretranslate', url: LIBRETRANSLATE_URL, apiKey: settings.LIBRETRANSLATE_API_KEY }
    case 'amazon-translate':
      if (TRANSLATE_REGION === undefined) throw new Error('TRANSLATE_REGION is not set')
      return { name: 'amazon-translate', region: TRANSLATE_REGION, endpoint: settings.TRANSLATE_ENDPOINT }
  }
}
