import { LanguageCode } from '@aws-sdk/client-transcribe-streaming'
import { primarySubtag } from '../../../shared/protocol/language-tag.ts'
import type { LanguageTable } from './language-lookup.ts'

/** What a language without a region, or with one that Amazon has not, becomes where there are several. */
const PREFERRED: LanguageTable = {
  ckb: 'ckb-IQ',
  de: 'de-DE',
  en: 'en-US',
  es: 'es-US',
  fa: 'fa-IR',
  fr: 'fr-FR',
  nb: 'no-NO',
  nn: 'no-NO',
  pt: 'pt-BR',
  sw: 'sw-KE',
  zh: 'zh-CN',
  'zh-Hant': 'zh-TW',
}

/** Every language that the SDK knows for streams, by its own tag and by its primary subtag. */
export const amazonLanguages: LanguageTable = {
  ...Object.fromEntries(Object.values(LanguageCode).map((code) => [primarySubtag(code), code])),
  ...PREFERRED,
  ...Object.fromEntries(Object.values(LanguageCode).map((code) => [code, code])),
}
