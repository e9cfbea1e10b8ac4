/** Languages to choose from, each by its own name, with its BCP 47 tag. */
export const languages: ReadonlyMap<string, string> = new Map([
  ['en', 'English'],
  ['ar', 'العربية'],
  ['ca', 'Català'],
  ['cs', 'Čeština'],
  ['da', 'Dansk'],
  ['de', 'Deutsch'],
  ['el', 'Ελληνικά'],
  ['es', 'Español'],
  ['fi', 'Suomi'],
  ['fr', 'Français'],
  ['he', 'עברית'],
  ['hi', 'हिन्दी'],
  ['hu', 'Magyar'],
  ['id', 'Bahasa Indonesia'],
  ['it', 'Italiano'],
  ['ja', '日本語'],
  ['ko', '한국어'],
  ['nl', 'Nederlands'],
  ['no', 'Norsk'],
  ['pl', 'Polski'],
  ['pt', 'Português'],
  ['ro', 'Română'],
  ['ru', 'Русский'],
  ['sv', 'Svenska'],
  ['tr', 'Türkçe'],
  ['uk', 'Українська'],
  ['vi', 'Tiếng Việt'],
  ['zh', '中文'],
])

/** Both written languages of Norway, which browsers tell apart and the list does not (ISO 639 macrolanguage `no`). */
const LISTED_AS: Readonly<Record<string, string>> = { nb: 'no', nn: 'no' }

/** The first of a browser's languages that is on the list, else English. */
export function likelyLanguage(preferred: readonly string[]): string {
  return preferred.map(listedLanguage).find((tag) => languages.has(tag)) ?? 'en'
}

/** Its primary subtag as the list has it; retired codes (`iw`) and members of macrolanguages (`cmn`) as Unicode's CLDR replaces them. */
function listedLanguage(tag: string): string {
  try {
    const { language } = new Intl.Locale(tag)
    return LISTED_AS[language] ?? language
  } catch {
    return ''
  }
}
