import { sameTags } from './language-lookup.ts'

/** What OpenAI's guide lists for its models of transcription, by ISO 639-1. */
export const openAiLanguages = {
  ...sameTags(['af', 'ar', 'az', 'be', 'bg', 'bs', 'ca', 'cs', 'cy', 'da', 'de', 'el', 'en', 'es', 'et', 'fa', 'fi']),
  ...sameTags(['fr', 'gl', 'he', 'hi', 'hr', 'hu', 'hy', 'id', 'is', 'it', 'ja', 'kk', 'kn', 'ko', 'lt', 'lv', 'mi']),
  ...sameTags(['mk', 'mr', 'ms', 'ne', 'nl', 'no', 'pl', 'pt', 'ro', 'ru', 'sk', 'sl', 'sr', 'sv', 'sw', 'ta', 'th']),
  ...sameTags(['tl', 'tr', 'uk', 'ur', 'vi', 'zh']),
  nb: 'no',
  nn: 'no',
}
