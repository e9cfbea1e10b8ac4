import { languageOf } from '../../../shared/protocol/language-tag.ts'

/** What an engine is told for a speaker's BCP 47 tag; undefined when it does not know the language. */
export type LanguageLookup = (language: string) => string | undefined

/** What is told, by the speaker's tag. */
export type LanguageTable = Readonly<Record<string, string>>

/** Looks a tag up without regard to case, dropping subtags from its end until one is found (RFC 4647 §3.4); then by the present code of its language, as `no` for `nb`. */
export function languageLookup(table: LanguageTable): LanguageLookup {
  const told = new Map(Object.entries(table).map(([tag, name]) => [tag.toLowerCase(), name]))
  const byLanguage = new Map(
    Object.entries(table).flatMap(([tag, name]) => (tag.includes('-') ? [] : ([[languageOf(tag), name]] as const))),
  )
  return (language) => {
    for (let subtags = language.toLowerCase().split('-'); subtags.length > 0; subtags = withoutLast(subtags)) {
      const found = told.get(subtags.join('-'))
      if (found !== undefined) return found
    }
    return byLanguage.get(languageOf(language))
  }
}

/** A table in which each tag stands for itself. */
export function sameTags(tags: readonly string[]): LanguageTable {
  return Object.fromEntries(tags.map((tag) => [tag, tag]))
}

/** A single letter says what follows it, and goes with it. */
function withoutLast(subtags: readonly string[]): string[] {
  const rest = subtags.slice(0, -1)
  return rest.at(-1)?.length === 1 ? rest.slice(0, -1) : rest
}
