/**
 * The tags under which a backend may know a language, nearest first: `es-MX`, `es-Latn`, `es` for `es-MX`
 * (RFC 4647 §3.4, "lookup"), all in their canonical form, which makes `en` of `eng`. Empty for what is no tag.
 */
export function lookupOrder(tag: string): readonly string[] {
  const canonical = canonicalTag(tag)
  if (canonical === undefined) return []
  const subtags = canonical.split('-')
  const nearer = subtags.slice(1).map((_, index) => subtags.slice(0, subtags.length - index).join('-'))
  const { language, script } = new Intl.Locale(canonical).maximize()
  return [...nearer, ...(script === undefined ? [] : [`${language}-${script}`]), language]
}

/** `en-US` of `eng_us`; undefined for what is no tag. */
export function canonicalTag(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag.replaceAll('_', '-')).toString()
  } catch {
    return undefined
  }
}
