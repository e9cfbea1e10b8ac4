import { answersInTime } from '../shared/answers-in-time.ts'
import type { Clock } from '../shared/clock.ts'
import type { MediaSample, StreamSample } from './sfu/media-sample.ts'

/** How often some participants are looked at. */
export const MEDIA_SAMPLE_INTERVAL_MS = 5_000

/** So many are looked at each time, in turn, which asks the workers for at most six times as many statistics. */
export const SAMPLED_AT_ONCE = 16

/** A worker that says nothing for so long is stuck, which is looked after elsewhere. */
const ANSWER_DEADLINE_MS = 2_000

export type SampledParticipant = { sampleMedia(): Promise<MediaSample> }

/** Where the media meter reports. */
export type MediaMetrics = {
  received(bytes: number): void
  sent(bytes: number): void
  observe(stream: StreamSample): void
}

export type MediaMeterOptions = {
  /** Everybody there is, in an order that stays. */
  readonly participants: () => readonly SampledParticipant[]
  readonly metrics: MediaMetrics
  readonly clock: Clock
}

/** Looks at the media of some participants after the other, until closed: the same work each time however many there are. */
export class MediaMeter {
  readonly #options: MediaMeterOptions
  /** What was counted of each already. */
  readonly #counted = new WeakMap<SampledParticipant, { readonly received: number; readonly sent: number }>()
  #next = 0
  #cancel: () => void
  #closed = false

  constructor(options: MediaMeterOptions) {
    this.#options = options
    this.#cancel = this.#schedule()
  }

  close(): void {
    this.#closed = true
    this.#cancel()
  }

  #schedule(): () => void {
    return this.#options.clock.after(MEDIA_SAMPLE_INTERVAL_MS, () => void this.#measure())
  }

  async #measure(): Promise<void> {
    const { clock } = this.#options
    const asked = this.#turn().map(async (one) => this.#record(one, await one.sampleMedia()))
    await answersInTime(clock, ANSWER_DEADLINE_MS, asked)
    if (!this.#closed) this.#cancel = this.#schedule()
  }

  #turn(): readonly SampledParticipant[] {
    const all = this.#options.participants()
    const first = this.#next < all.length ? this.#next : 0
    const turn = all.slice(first, first + SAMPLED_AT_ONCE)
    this.#next = first + turn.length
    return turn
  }

  #record(participant: SampledParticipant, { bytesReceived, bytesSent, streams }: MediaSample): void {
    const { metrics } = this.#options
    const before = this.#counted.get(participant)
    this.#counted.set(participant, { received: bytesReceived, sent: bytesSent })
    metrics.received(Math.max(0, bytesReceived - (before?.received ?? 0)))
    metrics.sent(Math.max(0, bytesSent - (before?.sent ?? 0)))
    for (const stream of streams) metrics.observe(stream)
  }
}
