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

/** The first of a browser's languages that is on the list, else English. */
export function likelyLanguage(preferred: readonly string[]): string {
  const tags = preferred.map((tag) => tag.split('-')[0] ?? '')
  return tags.find((tag) => languages.has(tag)) ?? 'en'
}
