import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/logging.ts'
import type { Caption, CaptionsStatus } from '../../shared/protocol/caption.ts'
import type { Tap } from '../sfu/tap.ts'
import type { CaptionMetrics } from './caption-metrics.ts'
import { captionText } from './caption-text.ts'
import type { LaneCaption, LaneStatus, LaneStreamOptions } from './lane-messages.ts'
import type { LastWords } from './last-words.ts'
import type { PooledStream, StreamListener } from './pooled-stream.ts'

/** A participant's audio producer; `language` is the BCP 47 tag of what is spoken. */
export type Speaker = {
  readonly participantId: string
  readonly displayName: string
  readonly producerId: string
  readonly language: string
}

/** As much of a tap as captions need. */
export type SpeakerTap = Pick<Tap, 'rtpParameters' | 'closed' | 'close'>

/** Where taps come from: one room of the SFU. */
export type TapSource = { tap(producerId: string, onRtp: (packet: Buffer) => void): Promise<SpeakerTap> }

/** Where streams of speech are recognised. */
export type StreamPool = {
  /** Whether the engine works on this machine. */
  readonly engineAvailable: boolean
  /** Tells each time the engine can be had again, until the returned function is called. */
  onAvailable(listener: () => void): () => void
  open(options: LaneStreamOptions, listener: StreamListener): Pick<PooledStream, 'packet' | 'finish' | 'close'>
}

export type CaptionPlant = {
  readonly pool: StreamPool
  readonly lastWords: LastWords
  readonly logger: Logger
  readonly clock: Clock
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly metrics: CaptionMetrics
}

export type SpeakerCaptionsOptions = {
  readonly plant: CaptionPlant
  readonly speaker: Speaker
  readonly source: TapSource
  readonly onCaption: (caption: Caption) => void
  readonly onStatus: (status: CaptionsStatus) => void
  /** No caption comes any more, after `finish` or at once. */
  readonly onClosed: () => void
}

/** Speech that was not taken, or a speaker that could not be tapped, is tried again after so long, then twice as long. */
export const FIRST_RETRY_MS = 2_000
export const LONGEST_RETRY_MS = 60_000

const AUDIO_LEVEL_URI = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level'

/**
 * The captioning of one speaker, from the tap to the text, for as long as somebody in the room reads and until the last word
 * has its text.
 */
export class SpeakerCaptions {
  readonly #options: SpeakerCaptionsOptions
  #tap: SpeakerTap | undefined
  #stream: ReturnType<StreamPool['open']> | undefined
  #shown: Caption | undefined
  #status: CaptionsStatus | undefined
  /** Attempts since a text came. */
  #attempts = 0
  #cancelRetry: () => void = () => undefined
  /** Set once there is no more sound: ends the waiting for the last words. */
  #stopWaiting: (() => void) | undefined
  #closed = false

  constructor(options: SpeakerCaptionsOptions) {
    this.#options = options
    this.#start()
  }

  get speaker(): Speaker {
    return this.#options.speaker
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Whether the SFU is tapped for this speaker. */
  get tapped(): boolean {
    return this.#tap?.closed === false
  }

  /** What is wrong with the captions of this speaker at the moment, if anything is. */
  get trouble(): CaptionsStatus | undefined {
    return this.#status?.status === 'resumed' ? undefined : this.#status
  }

  /** No more sound is heard; what was heard is recognised to its end, within the bounds of `LastWords`. */
  finish(): void {
    if (this.#closed || this.#stopWaiting !== undefined) return
    this.#tap?.close()
    if (this.#stream === undefined) {
      this.close()
      return
    }
    this.#stopWaiting = this.#options.plant.lastWords.wait(() => this.close())
    this.#stream.finish()
  }

  /** Nothing more is recognised. Whoever saw the beginning of a segment sees it end. */
  close(): void {
    if (this.#closed) return
    this.#endShownSegment()
    this.#closed = true
    this.#cancelRetry()
    this.#release()
    this.#stopWaiting?.()
    this.#options.onClosed()
  }

  #release(): void {
    this.#tap?.close()
    this.#stream?.close()
    this.#tap = undefined
    this.#stream = undefined
  }

  /** Whatever failed is tried again: a room may have been made for it meanwhile, or a model added. */
  #retryLater(): void {
    this.#endShownSegment()
    this.#release()
    const { clock } = this.#options.plant
    const pauseMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#attempts)
    this.#attempts += 1
    this.#cancelRetry = clock.after(pauseMs, () => this.#start())
  }

  async #start(): Promise<void> {
    const { source, speaker, plant } = this.#options
    try {
      const tap = await source.tap(speaker.producerId, (packet) => this.#stream?.packet(packet))
      if (this.#closed) tap.close()
      else this.#listen(tap)
    } catch (error) {
      if (this.#closed) return
      plant.metrics.count('taps_failed', 1)
      if (this.#attempts === 0) {
        plant.logger.warn({ err: error, producerId: speaker.producerId }, 'a speaker could not be tapped')
      }
      this.#onStatus({ status: 'failed', reason: 'overloaded' })
    }
  }

  #listen(tap: SpeakerTap): void {
    const { plant, speaker } = this.#options
    const audioLevelId = tap.rtpParameters.headerExtensions?.find(({ uri }) => uri === AUDIO_LEVEL_URI)?.id
    this.#tap = tap
    this.#stream = plant.pool.open(
      { language: speaker.language, audioLevelId },
      {
        caption: (caption, postedAt) => this.#onCaption(caption, postedAt),
        status: (status) => this.#onStatus(status),
        laneLost: () => this.#onStatus({ status: 'degraded', reason: 'lane_lost' }),
        finished: () => this.close(),
      },
    )
  }

  #onCaption({ text, startedAt, endedAt, ...rest }: LaneCaption, postedAt: number): void {
    if (this.#closed) return
    if (this.#attempts > 0) this.#recovered()
    const { participantId, language } = this.#options.speaker
    const { now, metrics } = this.#options.plant
    const times = { startMs: this.#epochMs(startedAt), endMs: this.#epochMs(endedAt) }
    this.#show({ ...rest, text: captionText(text), participantId, language, ...times })
    metrics.observeStage('fanout', (now() - postedAt) / 1000)
    metrics.observeDelay(rest.final ? 'final' : 'partial', (now() - endedAt) / 1000)
  }

  /** A stream that had been refused gives texts: nothing else would tell readers that nothing is missing any more. */
  #recovered(): void {
    this.#attempts = 0
    if (this.#status?.status === 'failed') this.#onStatus({ status: 'resumed' })
  }

  #show(caption: Caption): void {
    this.#shown = caption.final ? undefined : caption
    this.#options.onCaption(caption)
  }

  #endShownSegment(): void {
    if (this.#shown !== undefined) this.#show({ ...this.#shown, revision: this.#shown.revision + 1, final: true })
  }

  #onStatus(status: LaneStatus): void {
    if (this.#closed) return
    if (this.#stopWaiting === undefined) this.#tellStatus(status)
    else if (status.status === 'failed') this.close()
  }

  #tellStatus(status: LaneStatus): void {
    const isNew = status.status !== this.#status?.status || status.reason !== this.#status.reason
    this.#status = { ...status, participantId: this.#options.speaker.participantId }
    if (isNew) this.#options.onStatus(this.#status)
    if (status.status === 'failed' && status.reason !== 'engine_unavailable') this.#retryLater()
  }

  #epochMs(monotonicMs: number): number {
    const { clock, now } = this.#options.plant
    return Math.round(clock.now() - (now() - monotonicMs))
  }
}
