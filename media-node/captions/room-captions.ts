import type { Notifications } from '../../shared/protocol/messages.ts'
import { type CaptionPlant, type Speaker, SpeakerCaptions, type TapSource } from './speaker-captions.ts'

/** A participant who reads captions. */
export type CaptionReader = {
  readonly participantId: string
  notify<E extends 'caption' | 'captions-status'>(event: E, data: Notifications[E]): void
}

export type RoomCaptionsOptions = {
  readonly plant: CaptionPlant
  readonly source: TapSource
  readonly closed: () => void
}

/**
 * The captions of one room. While anybody reads, every speaker is tapped; while nobody does, none is. A reader reads
 * everybody, themselves included.
 */
export class RoomCaptions {
  readonly #options: RoomCaptionsOptions
  readonly #readers = new Map<string, CaptionReader>()
  readonly #speakers = new Map<string, Speaker>()
  readonly #captioned = new Map<string, SpeakerCaptions>()
  #closed = false

  constructor(options: RoomCaptionsOptions) {
    this.#options = options
  }

  get taps(): number {
    return [...this.#captioned.values()].filter(({ tapped }) => tapped).length
  }

  addSpeaker(speaker: Speaker): void {
    if (this.#closed) return
    this.#speakers.set(speaker.producerId, speaker)
    this.#captionIfRead(speaker)
  }

  removeSpeaker(producerId: string): void {
    this.#speakers.delete(producerId)
    this.#captioned.get(producerId)?.close()
    this.#captioned.delete(producerId)
  }

  addReader(reader: CaptionReader): void {
    if (this.#closed) return
    this.#readers.set(reader.participantId, reader)
    if (!this.#options.plant.pool.engineAvailable) {
      reader.notify('captions-status', { status: 'failed', reason: 'engine_unavailable' })
      return
    }
    reader.notify('captions-status', { status: 'started' })
    for (const { trouble } of this.#captioned.values())
      if (trouble !== undefined) reader.notify('captions-status', trouble)
    for (const speaker of this.#speakers.values()) this.#captionIfRead(speaker)
  }

  removeReader(participantId: string): void {
    this.#readers.delete(participantId)
    if (this.#readers.size === 0) this.#stop()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#stop()
    this.#readers.clear()
    this.#speakers.clear()
    this.#options.closed()
  }

  #captionIfRead(speaker: Speaker): void {
    const { plant, source } = this.#options
    if (this.#readers.size === 0 || !plant.pool.engineAvailable || this.#captioned.has(speaker.producerId)) return
    const captions = new SpeakerCaptions({
      plant,
      speaker,
      source,
      onCaption: (caption) => this.#notify('caption', caption),
      onStatus: (status) => this.#notify('captions-status', status),
    })
    this.#captioned.set(speaker.producerId, captions)
  }

  #stop(): void {
    for (const captions of this.#captioned.values()) captions.close()
    this.#captioned.clear()
  }

  #notify<E extends 'caption' | 'captions-status'>(event: E, data: Notifications[E]): void {
    for (const reader of this.#readers.values()) reader.notify(event, data)
  }
}
