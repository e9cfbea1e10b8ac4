/** The way of a sound to a caption: waiting for its lane, ordering and decoding, recognition, translation, telling the readers. */
export const captionStages = ['tap', 'lane', 'engine', 'translate', 'fanout'] as const
export type CaptionStage = (typeof captionStages)[number]

/** A text that may still change, and one that will not. */
export const shownTexts = ['partial', 'final'] as const
export type ShownText = (typeof shownTexts)[number]

export const CAPTION_COUNTERS = [
  'packets_received',
  'packets_malformed',
  'packets_duplicate',
  'packets_late',
  'packets_lost',
  'packets_undecodable',
  'packets_dropped',
  'audio_received_ms',
  'audio_recognised_ms',
  'chunks_dropped',
  'streams_refused',
  'streams_not_understood',
  'engine_failures',
  'engine_retries',
  'engine_fallbacks',
  'engine_messages_ignored',
  'utterances_given_up',
  'captions_partial',
  'captions_final',
  'words_shown',
  'words_rewritten',
  'taps_failed',
  'last_words_lost',
  'lanes_lost',
  'translations',
  'translations_failed',
  'translations_skipped',
] as const

export type CaptionCounter = (typeof CAPTION_COUNTERS)[number]

/** Where the captions report their figures. Nothing in them names a person or what was said. */
export type CaptionMetrics = {
  observeStage(stage: CaptionStage, seconds: number): void
  /** From the capture of a text's last sound until readers are sent the text. */
  observeDelay(text: ShownText, seconds: number): void
  count(counter: CaptionCounter, by: number): void
}
