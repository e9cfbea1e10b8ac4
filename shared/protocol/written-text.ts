import { z } from 'zod'

/**
 * Texts that one person writes and others are shown, such as names. The rule for the one who writes is strict; what comes
 * from a media node is cleaned instead, since one odd name must not end the call of everybody else.
 */

/**
 * What changes how the text around it is shown: control characters (Cc), line and paragraph separators (Zl, Zp), half of a
 * surrogate pair (Cs), and what embeds, overrides or isolates a direction (UAX #9 §2.1–2.4). The marks U+200E, U+200F and
 * U+061C (§2.6) stay: they are invisible letters, and right-to-left names are written with them.
 */
const DISTURBING = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u
const ALL_DISTURBING = new RegExp(DISTURBING, 'gu')

/**
 * A letter, digit, punctuation mark or symbol, of those that leave a trace. Spaces, format characters and marks alone do not;
 * neither do the Hangul fillers and the blank Braille pattern, which are letters and a symbol to Unicode.
 */
const VISIBLE = /[^\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{M}\u115f\u1160\u3164\uffa0\u2800]/u

/** Marks on one letter; Vietnamese and Hebrew with points and accents have three, and a pile of them covers other lines. */
const PILED_MARKS = /\p{M}{6}/u

/** What is wrong with a text that others are to be shown, in words that follow "It"; undefined when nothing is. */
export function faultOf(text: string): string | undefined {
  const written = text.normalize('NFC').trim()
  if (DISTURBING.test(written)) return 'has an invisible character that is not allowed'
  if (!VISIBLE.test(written)) return 'needs at least one visible character'
  if (PILED_MARKS.test(written)) return 'has too many accents on one letter'
  return undefined
}

/** A text of up to `max` UTF-16 code units that its writer has others see; in Unicode NFC (UAX #15), without spaces around. */
export function writtenText(max: number) {
  return z
    .string()
    .normalize('NFC')
    .trim()
    .min(1)
    .max(max)
    .superRefine((text, context) => {
      const fault = faultOf(text)
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
    })
}

/** What people are called in a room. */
export const MAX_NAME_LENGTH = 64
export const displayName = writtenText(MAX_NAME_LENGTH)

/** A text of up to `max` UTF-16 code units as readers are shown it, whatever its writer did. */
export function readText(max: number) {
  return z.string().max(max).overwrite(undisturbing)
}

/** The text without what would change how others around it are shown; line breaks become spaces. */
export function undisturbing(text: string): string {
  return DISTURBING.test(text) ? text.replace(/[\s\p{Zl}\p{Zp}]+/gu, ' ').replace(ALL_DISTURBING, '') : text
}
