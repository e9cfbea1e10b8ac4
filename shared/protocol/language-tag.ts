import { z } from 'zod'

/** A BCP 47 language tag, such as `en` or `es-MX`. */
export const languageTag = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/, 'a BCP 47 language tag')
  .meta({ description: 'BCP 47 language tag', example: 'en' })

/** Whether two tags name the same language, such as `en` and `en-GB`, `iw` and `he`, or `nb` and `no`. */
export function isSameLanguage(one: string, other: string): boolean {
  return primarySubtag(one) === primarySubtag(other) || languageOf(one) === languageOf(other)
}

/**
 * The primary subtag (RFC 5646 §2.2.1) by its present code, as CLDR replaces retired ones and those of macrolanguages: `he` of `iw`,
 * `zh` of `cmn-Hans`. `nb` is `no`, which nearly everywhere means it; `nn` is written in another way, and stays.
 */
export function languageOf(tag: string): string {
  try {
    const { language } = new Intl.Locale(tag)
    return language === 'nb' ? 'no' : language
  } catch {
    return primarySubtag(tag)
  }
}

/** `es` of `es-MX`, in lower case. */
export function primarySubtag(tag: string): string {
  return tag.split('-', 1)[0]?.toLowerCase() ?? ''
}
