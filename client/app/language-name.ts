import { primarySubtag } from '../../shared/protocol/language-tag.ts'
import { languages } from './languages.ts'

/** A language by its own name, such as `Español` for `es-MX`; the tag itself where it has none here. */
export function languageName(tag: string): string {
  return languages.get(tag) ?? languages.get(primarySubtag(tag)) ?? tag
}
