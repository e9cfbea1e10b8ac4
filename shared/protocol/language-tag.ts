import { z } from 'zod'

/** A BCP 47 language tag, such as `en` or `es-MX`. */
export const languageTag = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/, 'a BCP 47 language tag')
  .meta({ description: 'BCP 47 language tag', example: 'en' })

/** Whether two tags name the same language, such as `en` and `en-GB`: their primary subtags are equal (RFC 5646 §2.2.1). */
export function isSameLanguage(one: string, other: string): boolean {
  return primarySubtag(one) === primarySubtag(other)
}

/** `es` of `es-MX`, in lower case. */
export function primarySubtag(tag: string): string {
  return tag.split('-', 1)[0]?.toLowerCase() ?? ''
}
