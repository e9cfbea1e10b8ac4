import type { Caption, CaptionsStatus } from '../../shared/protocol/caption.ts'

/** As many lines as a long meeting's last half hour; older ones go, counted. */
export const TRANSCRIPT_CAPACITY = 500

/** The newest revision of one segment, with its speaker's name, which outlives the speaker's leaving. */
export type CaptionLine = Caption & {
  readonly speaker: string
  /** When this revision came, in milliseconds on this machine's clock; 0 when it had been said before one read along. */
  readonly receivedAt: number
}

export type Transcript = {
  /** Ordered by the time the speech began. */
  readonly lines: readonly CaptionLine[]
  /** How many of the oldest lines were let go. */
  readonly dropped: number
}

export const emptyTranscript: Transcript = { lines: [], dropped: 0 }

/**
 * Takes one revision in. Of one segment the highest revision stays, and a final one never changes, except that the same
 * text may come again with translations it did not have. Whatever comes late or twice changes nothing, and then the same
 * object is returned.
 */
export function addCaption(transcript: Transcript, line: CaptionLine): Transcript {
  const present = transcript.lines.find(({ segmentId }) => segmentId === line.segmentId)
  if (present && (present.final || present.revision >= line.revision)) return addTranslations(transcript, present, line)

  const others = transcript.lines.filter((other) => other !== present)
  const at = others.findLastIndex((other) => startsBefore(other, line)) + 1
  const lines = others.toSpliced(at, 0, line)
  const excess = Math.max(0, lines.length - TRANSCRIPT_CAPACITY)
  return { lines: lines.slice(excess), dropped: transcript.dropped + excess }
}

/** A translation belongs to the very text that it translates. */
function addTranslations(transcript: Transcript, present: CaptionLine, line: CaptionLine): Transcript {
  if (present.text !== line.text || present.final !== line.final) return transcript
  const known = present.translations ?? {}
  const added = Object.entries(line.translations ?? {}).filter(([tag]) => known[tag] === undefined)
  if (added.length === 0) return transcript
  const translated = { ...present, translations: { ...known, ...Object.fromEntries(added) } }
  return { ...transcript, lines: transcript.lines.map((other) => (other === present ? translated : other)) }
}

/** Nothing more will come of lines that are not final, but of those that `goesOn` tells; they stay as they are. */
export function endLines(transcript: Transcript, goesOn: (segmentId: string) => boolean): Transcript {
  const ends = ({ final, segmentId }: CaptionLine) => !final && !goesOn(segmentId)
  if (!transcript.lines.some(ends)) return transcript
  return { ...transcript, lines: transcript.lines.map((line) => (ends(line) ? { ...line, final: true } : line)) }
}

function startsBefore(a: Caption, b: Caption): boolean {
  return a.startMs < b.startMs || (a.startMs === b.startMs && a.segmentId < b.segmentId)
}

/** What is wrong with captions now: at most one entry per speaker, and one for the whole room. */
export type CaptionTroubles = readonly CaptionsStatus[]

/** What concerns a participant also while they read no captions: that they are not understood themselves. */
export function ownTroubles(troubles: CaptionTroubles, participantId: string): CaptionTroubles {
  return troubles.filter((trouble) => trouble.participantId === participantId && trouble.reason === 'not_understood')
}

export function noteStatus(troubles: CaptionTroubles, status: CaptionsStatus): CaptionTroubles {
  const others = troubles.filter(({ participantId }) => participantId !== status.participantId)
  const isTrouble = status.status === 'degraded' || status.status === 'failed'
  return isTrouble ? [...others, status] : others
}
