import { undisturbing } from '../../shared/protocol/written-text.ts'
import { cutAfterWord } from './written-words.ts'

/** What the protocol lets a caption's text have, in UTF-16 code units. */
export const MAX_CAPTION_LENGTH = 4_096

const ELLIPSIS = '…'

/** The text as readers can be sent it: without control characters; one that is too long ends after a word, and an ellipsis says so. */
export function captionText(recognised: string): string {
  const text = undisturbing(recognised)
  if (text.length <= MAX_CAPTION_LENGTH) return text
  return cutAfterWord(text, MAX_CAPTION_LENGTH - ELLIPSIS.length) + ELLIPSIS
}

/** The text, or as many of its first words, and an ellipsis, as UTF-8 holds in `maxBytes`. */
export function textWithinBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text
  const room = new Uint8Array(maxBytes - Buffer.byteLength(ELLIPSIS))
  return cutAfterWord(text, new TextEncoder().encodeInto(text, room).read) + ELLIPSIS
}
