import { undisturbing } from '../../shared/protocol/written-text.ts'

/** What the protocol lets a caption's text have, in UTF-16 code units. */
export const MAX_CAPTION_LENGTH = 4_096

const ELLIPSIS = '…'

/** The text as readers can be sent it: without control characters; one that is too long ends after a word, and an ellipsis says so. */
export function captionText(recognised: string): string {
  const text = undisturbing(recognised)
  if (text.length <= MAX_CAPTION_LENGTH) return text
  const fitting = text.slice(0, MAX_CAPTION_LENGTH - ELLIPSIS.length)
  const lastSpace = fitting.search(/\s+\S*$/)
  return (lastSpace > 0 ? fitting.slice(0, lastSpace) : withoutHalf(fitting)) + ELLIPSIS
}

/** Without the first half of a surrogate pair at its end. */
function withoutHalf(text: string): string {
  return text.isWellFormed() ? text : text.replace(/[\uD800-\uDBFF]$/, '')
}
