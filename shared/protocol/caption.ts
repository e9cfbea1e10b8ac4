import { z } from 'zod'
import { languageTag } from './language-tag.ts'
import { id } from './sdp-grammar.ts'
import { readText } from './written-text.ts'

/** One for each language that somebody in the room reads. */
const MAX_TRANSLATIONS = 64

/**
 * One revision of one segment of somebody's speech.
 *
 * A caption replaces every earlier revision of its `segmentId` and nothing else; `revision` grows by at least one each
 * time, and after `final` no more come. `startMs` and `endMs` are milliseconds since the Unix epoch on the media node's
 * clock: when the segment's first and its so far last recognised sound were captured. `language` is a BCP 47 tag: that
 * of `text`, which is what was said. `translations` has the text in other languages, by tag; where a reader's language is
 * neither `language` nor there, the text could not be translated, and is shown as it is and marked.
 */
export const caption = z.object({
  segmentId: id,
  revision: z.int().min(0),
  participantId: id,
  language: languageTag,
  text: readText(4096),
  final: z.boolean(),
  startMs: z.number(),
  endMs: z.number(),
  translations: z
    .record(languageTag, readText(4096))
    .refine((byLanguage) => Object.keys(byLanguage).length <= MAX_TRANSLATIONS)
    .exactOptional(),
})

export type Caption = z.infer<typeof caption>

/**
 * How captions of one speaker, or of the whole room when no participant is named, are doing. `failed` comes with what
 * a reader may be told; captions never affect media.
 */
export const captionsStatus = z.object({
  status: z.enum(['started', 'degraded', 'failed', 'resumed']),
  participantId: id.exactOptional(),
  reason: z
    .enum([
      'engine_unavailable',
      'engine_slow',
      'lane_lost',
      'language_unsupported',
      'overloaded',
      'not_understood',
      'fallback_engine',
    ])
    .exactOptional(),
})

export type CaptionsStatus = z.infer<typeof captionsStatus>
