import type { Caption, CaptionsStatus } from '../../shared/protocol/caption.ts'
import { NotUnderstoodSpeakers } from './not-understood-speakers.ts'
import { type Speaker, SpeakerCaptions, type SpeakerCaptionsOptions } from './speaker-captions.ts'

export type CaptionedSpeakersOptions = Pick<SpeakerCaptionsOptions, 'plant' | 'source' | 'onStatus'> & {
  readonly onCaption: (caption: Caption, speaker: Speaker) => void
  /** For the speaker themselves: they are not understood, or are again. */
  readonly onSpeakerStatus: (status: CaptionsStatus, participantId: string) => void
  /** Of those who are not heard any more, the last word of the last one has its text. */
  readonly onFinished: () => void
}

/** Whom a room captions: those who are heard, and those who are heard no more until their last words have their text. */
export class CaptionedSpeakers {
  readonly #options: CaptionedSpeakersOptions
  /** By their producer. */
  readonly #heard = new Map<string, SpeakerCaptions>()
  readonly #finishing = new Set<SpeakerCaptions>()
  readonly #notUnderstood: NotUnderstoodSpeakers

  constructor(options: CaptionedSpeakersOptions) {
    this.#options = options
    this.#notUnderstood = new NotUnderstoodSpeakers(options.onSpeakerStatus)
  }

  get taps(): number {
    return [...this.#heard.values()].filter(({ tapped }) => tapped).length
  }

  /** What is wrong with the captions of those who are heard. */
  get troubles(): readonly CaptionsStatus[] {
    return [...this.#heard.values()].flatMap(({ trouble }) => (trouble === undefined ? [] : [trouble]))
  }

  get finishing(): boolean {
    return this.#finishing.size > 0
  }

  /** Does nothing when the producer is captioned already. Captions of it that still finish have segments of their own. */
  begin(speaker: Speaker): void {
    if (this.#heard.has(speaker.producerId)) return
    const { onCaption, onStatus, onFinished, ...rest } = this.#options
    const captions: SpeakerCaptions = new SpeakerCaptions({
      ...rest,
      speaker,
      onCaption: (caption) => {
        if (caption.text !== '') this.#notUnderstood.over(speaker.producerId)
        onCaption(caption, speaker)
      },
      onStatus: (status) => {
        this.#notUnderstood.take(status, speaker)
        onStatus(status)
      },
      onClosed: () => this.#finishing.delete(captions) && !this.finishing && onFinished(),
    })
    this.#heard.set(speaker.producerId, captions)
  }

  /** There is no more sound of the producer; what was wrong with its captions is over. */
  finish(producerId: string): void {
    this.#notUnderstood.over(producerId)
    const captions = this.#heard.get(producerId)
    if (captions === undefined) return
    this.#heard.delete(producerId)
    this.#finish(captions)
    const participantId = captions.trouble?.participantId
    if (participantId !== undefined) this.#options.onStatus({ status: 'resumed', participantId })
  }

  finishAll(): void {
    const heard = [...this.#heard.values()]
    this.#heard.clear()
    for (const captions of heard) this.#finish(captions)
  }

  /** They are not to be captioned: no word is recognised any more that they have said. */
  drop(participantId: string): void {
    this.#notUnderstood.drop(participantId)
    const all = [...this.#heard.values(), ...this.#finishing]
    const theirs = all.filter(({ speaker }) => speaker.participantId === participantId)
    for (const captions of theirs) captions.close()
    for (const { speaker } of theirs) this.finish(speaker.producerId)
  }

  #finish(captions: SpeakerCaptions): void {
    if (captions.closed) return
    this.#finishing.add(captions)
    captions.finish()
  }
}
