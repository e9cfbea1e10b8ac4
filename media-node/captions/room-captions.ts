import type { Caption, CaptionsStatus } from '../../shared/protocol/caption.ts'
import { primarySubtag } from '../../shared/protocol/language-tag.ts'
import { TokenBucket } from '../../shared/token-bucket.ts'
import type { TranscriptLine } from '../../shared/transcript-store/transcript-store.ts'
import { CaptionBacklog } from './caption-backlog.ts'
import { CaptionedSpeakers } from './captioned-speakers.ts'
import { type CaptionReader, LanguageGroup } from './language-group.ts'
import { RoomTranslations } from './room-translations.ts'
import { SettlingFinals } from './settling-finals.ts'
import type { CaptionPlant, Speaker, TapSource } from './speaker-captions.ts'
import type { Translations } from './translations.ts'

/** What a room's captions tell about. No call throws or waits. */
export type RoomCaptionsEvents = {
  /** The first reader has come, or the last one gone. */
  active(active: boolean): void
  /** Something was said for good; told again when it has been translated. */
  final(line: TranscriptLine): void
  /** A participant who does not read is not understood, or is again. */
  speakerStatus(status: CaptionsStatus, participantId: string): void
}

export type RoomCaptionsOptions = {
  readonly plant: CaptionPlant
  readonly translations: Translations
  readonly source: TapSource
  readonly events: Partial<RoomCaptionsEvents>
  /** The room's captions are closed, and all that was said has its text and its translations, or will not get them. */
  readonly closed: () => void
}

/** How long it is as if somebody read on whose connection broke. */
export const READER_RETURN_MS = 10_000

/**
 * How often the taps of a room stop as soon as nobody reads. Whoever turns captions on and off more often than this has
 * them stay a while, since each start makes a tap of every speaker.
 */
const STOPS_AT_ONCE = { perSecond: 0.1, burst: 3 }

/**
 * The captions of one room. While anybody reads, every speaker is tapped; while nobody does, none is. A reader reads
 * everybody, themselves included. What was heard when a tap ends is recognised to its end, told and kept.
 */
export class RoomCaptions {
  readonly #options: RoomCaptionsOptions
  readonly #translations: RoomTranslations
  readonly #backlog: CaptionBacklog
  readonly #finals: SettlingFinals
  /** By the primary subtag of their language. */
  readonly #groups = new Map<string, LanguageGroup>()
  readonly #speakers = new Map<string, Speaker>()
  readonly #captioned: CaptionedSpeakers
  readonly #forgetPool: () => void
  /** Readers whose connection broke: what ends the waiting for them. */
  readonly #awaited = new Map<string, () => void>()
  readonly #stops: TokenBucket
  #cancelStop: () => void = () => undefined
  /** Whether speakers are tapped, or would be if there were any. */
  #active = false
  #closed = false

  constructor(options: RoomCaptionsOptions) {
    const { plant, translations, events, source } = options
    this.#options = options
    this.#translations = new RoomTranslations(translations, plant.metrics.count)
    this.#backlog = new CaptionBacklog(plant.clock)
    this.#finals = new SettlingFinals((line) => events.final?.(line))
    this.#captioned = new CaptionedSpeakers({
      ...{ plant, source },
      onCaption: (caption, speaker) => this.#onCaption(caption, speaker),
      onStatus: (status) => this.#onStatus(status),
      onSpeakerStatus: (status, id) => !this.#hasReader(id) && events.speakerStatus?.(status, id),
      onFinished: () => this.#closedIfOver(),
    })
    this.#stops = new TokenBucket(STOPS_AT_ONCE, plant.clock)
    this.#forgetPool = plant.pool.onAvailable(() => this.#begin())
  }

  get taps(): number {
    return this.#captioned.taps
  }

  /** Whether anybody reads, or did a moment ago. */
  get active(): boolean {
    return this.#active
  }

  /** A speaker who is there already is captioned anew if they speak another language now. */
  addSpeaker(speaker: Speaker): void {
    if (this.#closed) return
    if (this.#speakers.get(speaker.producerId)?.language !== speaker.language) this.removeSpeaker(speaker.producerId)
    this.#speakers.set(speaker.producerId, speaker)
    this.#captionIfRead(speaker)
  }

  /** There is no more sound of this producer. What was heard of it is recognised to its end. */
  removeSpeaker(producerId: string): void {
    this.#speakers.delete(producerId)
    this.#captioned.finish(producerId)
  }

  /** The participant is not to be captioned any more: what was shown of them ends where it is, and no more comes. */
  optOut(participantId: string): void {
    for (const speaker of this.#speakers.values())
      if (speaker.participantId === participantId) this.#speakers.delete(speaker.producerId)
    this.#captioned.drop(participantId)
  }

  /**
   * Whoever reads already goes on in the language given now.
   *
   * @returns what was said lately, oldest first. From there on it goes without a gap.
   */
  addReader(reader: CaptionReader): Caption[] {
    if (this.#closed) return []
    this.#cancelStop()
    this.#awaitNoMore(reader.participantId)
    const group = this.#groupOf(reader.language)
    for (const other of this.#groups.values()) if (other !== group) this.#leave(other, reader.participantId)
    group.add(reader, this.#backlog.underWay)
    const shown = this.#backlog.shownTo(group)
    if (!this.#active) {
      this.#active = true
      this.#options.events.active?.(true)
    }
    this.#tellStatus(reader)
    for (const speaker of this.#speakers.values()) this.#captionIfRead(speaker)
    return shown
  }

  /** Their connection broke. They may be back soon, and what is said meanwhile is then not missing. */
  loseReader(participantId: string): void {
    const reads = [...this.#groups.values()].some((group) => group.silence(participantId))
    if (!reads) return
    const { clock } = this.#options.plant
    this.#awaited.set(
      participantId,
      clock.after(READER_RETURN_MS, () => this.removeReader(participantId)),
    )
  }

  removeReader(participantId: string): void {
    const wasRead = this.#isRead
    this.#awaitNoMore(participantId)
    for (const group of this.#groups.values()) this.#leave(group, participantId)
    if (wasRead && !this.#isRead) this.#stopUnlessOften()
  }

  /** Nobody reads any more. What was heard is still recognised to its end, and kept. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#cancelStop()
    this.#captioned.finishAll()
    this.#forgetPool()
    for (const participantId of this.#awaited.keys()) this.#awaitNoMore(participantId)
    for (const group of this.#groups.values()) {
      group.close()
      this.#forgetIfIdle(group)
    }
    this.#speakers.clear()
    this.#closedIfOver()
  }

  #captionIfRead(speaker: Speaker): void {
    if (this.#isRead && this.#options.plant.pool.engineAvailable) this.#captioned.begin(speaker)
  }

  #closedIfOver(): void {
    if (this.#closed && !this.#captioned.finishing && !this.#finals.settling) this.#options.closed()
  }

  get #isRead(): boolean {
    return [...this.#groups.values()].some(({ size }) => size > 0)
  }

  #hasReader(participantId: string): boolean {
    return [...this.#groups.values()].some((group) => group.has(participantId))
  }

  #stopUnlessOften(): void {
    if (this.#stops.take()) {
      this.#captioned.finishAll()
      this.#active = false
      this.#options.events.active?.(false)
    } else {
      this.#cancelStop = this.#options.plant.clock.after(this.#stops.waitMs, () => this.#stopUnlessOften())
    }
  }

  #awaitNoMore(participantId: string): void {
    this.#awaited.get(participantId)?.()
    this.#awaited.delete(participantId)
  }

  /** The engine can be had. */
  #begin(): void {
    this.#onStatus({ status: 'started' })
    for (const speaker of this.#speakers.values()) this.#captionIfRead(speaker)
  }

  #tellStatus(reader: CaptionReader): void {
    if (!this.#options.plant.pool.engineAvailable) {
      reader.notify('captions-status', { status: 'failed', reason: 'engine_unavailable' })
      return
    }
    reader.notify('captions-status', { status: 'started' })
    for (const trouble of this.#captioned.troubles) reader.notify('captions-status', trouble)
  }

  #onCaption(caption: Caption, { displayName }: Speaker): void {
    const groups = [...this.#groups.values()]
    this.#backlog.add(caption)
    if (caption.final) {
      const awaited = groups.filter((group) => group.translates(caption)).length
      this.#finals.add(caption, displayName, awaited)
    }
    for (const group of groups) group.caption(caption)
  }

  #onStatus(status: CaptionsStatus): void {
    for (const group of this.#groups.values()) group.status(status)
  }

  #groupOf(language: string): LanguageGroup {
    const key = primarySubtag(language)
    const present = this.#groups.get(key)
    if (present !== undefined) return present
    const { clock, now } = this.#options.plant
    const group = new LanguageGroup({
      language,
      translations: this.#translations,
      clock,
      now,
      settled: ({ segmentId }, translation) => {
        if (translation !== undefined) this.#backlog.addTranslation(segmentId, language, translation)
        this.#finals.settled(segmentId, language, translation)
        this.#forgetIfIdle(group)
        this.#closedIfOver()
      },
    })
    this.#groups.set(key, group)
    return group
  }

  #leave(group: LanguageGroup, participantId: string): void {
    group.remove(participantId)
    this.#forgetIfIdle(group)
  }

  #forgetIfIdle(group: LanguageGroup): void {
    if (group.idle) this.#groups.delete(primarySubtag(group.language))
  }
}
