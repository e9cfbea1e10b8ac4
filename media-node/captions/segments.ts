import { randomUUID } from 'node:crypto'
import type { LaneCaption } from './lane-messages.ts'
import type { LaneTally } from './lane-tally.ts'
import { wordFlicker } from './word-flicker.ts'
import { spokenWordsOf, wordsOf } from './written-words.ts'

/** A stretch of speech as its readers have seen it so far. */
export type Segment = {
  readonly id: string
  readonly startedAt: number
  /** The one shown last; −1 before the first. */
  revision: number
  text: string
  /** While its sound is recognised once more: how many words the new text needs before it is shown. */
  wordsToReach: number
  heardUntil: number
  readyAt: number
  /** Up to where speech had been heard when the text was shown that stands since; undefined while nothing is shown. */
  standsSince: number | undefined
}

export type SegmentsOptions = {
  readonly tally: LaneTally
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly onCaption: (caption: LaneCaption) => void
  /** A segment that was shown before, whose sound is about to be repeated. */
  readonly shown: LaneCaption | undefined
}

/** A segment that is repeated begins within so much of where it began before. */
const SAME_BEGINNING_MS = 1_000
/** A single word that stood while speech went on for so long was no noise: a cough or a door is over sooner. */
export const STANDS_AFTER_MS = 1_000

/** Numbers the revisions of one speaker's segments and shows them; no segment goes back to what it was before. */
export class Segments {
  readonly #options: SegmentsOptions
  #resumable: Segment | undefined

  constructor(options: SegmentsOptions) {
    this.#options = options
    this.#resumable = options.shown && asShown(options.shown, options.now())
  }

  /** The segment of the speech that began to be captured then: the one to be resumed, or a new one. */
  begin(startedAt: number): Segment {
    const segment = this.#resumable
    const distance = segment === undefined ? Number.NEGATIVE_INFINITY : startedAt - segment.startedAt
    if (distance > SAME_BEGINNING_MS) this.endUnresumed()
    if (segment === undefined || Math.abs(distance) > SAME_BEGINNING_MS) return this.create(startedAt)
    this.#resumable = undefined
    return segment
  }

  /** What was shown of a segment that was not resumed is final. */
  endUnresumed(): void {
    if (this.#resumable !== undefined) this.end(this.#resumable)
    this.#resumable = undefined
  }

  create(startedAt: number): Segment {
    const id = randomUUID()
    const nothing = { revision: -1, text: '', wordsToReach: 0, standsSince: undefined }
    return { id, startedAt, ...nothing, heardUntil: startedAt, readyAt: startedAt }
  }

  /**
   * A text of the whole segment, and whether it was shown. One that is shorter than what was shown before its sound was
   * repeated waits. An empty one takes nothing back that readers have: the last one makes what was shown final, unless that
   * was a flicker.
   */
  take(segment: Segment, said: string, final: boolean): boolean {
    const text = said === '' && !(final && isFlicker(segment)) ? segment.text : said
    const nothingNew = final ? text === '' && segment.text === '' : text === segment.text
    if (nothingNew || (!final && wordsOf(text).length < segment.wordsToReach)) return false
    segment.wordsToReach = 0
    const { tally, now } = this.#options
    tally.observe('engine', now() - segment.readyAt)
    this.#show(segment, text, final)
    return true
  }

  /** The segment's sound goes into another stream, from its beginning. */
  repeat(segment: Segment): void {
    segment.wordsToReach = wordsOf(segment.text).length
  }

  /** Nothing more will be recognised of the segment: what was shown of it is final. */
  end(segment: Segment): void {
    if (segment.revision >= 0) this.#show(segment, segment.text, true)
  }

  #show(segment: Segment, text: string, final: boolean): void {
    const { shown, rewritten } = wordFlicker(segment.text, text)
    const { tally } = this.#options
    if (shown > 0) tally.count('words_shown', shown)
    if (rewritten > 0) tally.count('words_rewritten', rewritten)
    if (segment.text !== text) segment.standsSince = segment.heardUntil
    segment.text = text
    segment.revision += 1
    tally.count(final ? 'captions_final' : 'captions_partial', 1)
    const { id, revision, startedAt, heardUntil } = segment
    const endedAt = Math.max(startedAt, heardUntil)
    this.#options.onCaption({ segmentId: id, revision, text, final, startedAt, endedAt })
  }
}

/** Whether what is shown may have been a noise: one word, which did not stand for long. */
function isFlicker({ text, heardUntil, standsSince = heardUntil }: Segment): boolean {
  return spokenWordsOf(text).length <= 1 && heardUntil - standsSince < STANDS_AFTER_MS
}

function asShown({ segmentId, revision, text, startedAt, endedAt }: LaneCaption, readyAt: number): Segment {
  const shown = { revision, text, wordsToReach: wordsOf(text).length, standsSince: endedAt }
  return { id: segmentId, startedAt, ...shown, heardUntil: endedAt, readyAt }
}
