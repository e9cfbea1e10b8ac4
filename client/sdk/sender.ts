import type { types } from 'mediasoup-client'
import { CallError } from '../../shared/protocol/error-code.ts'
import type { Notifications, Source } from '../../shared/protocol/messages.ts'
import { type MediaKind, rtpParameters, withKnownParameters } from '../../shared/protocol/rtp.ts'
import type { CallState } from './call-state.ts'
import { Publication } from './publication.ts'
import type { Request } from './signalling.ts'
import { wireForm } from './wire-form.ts'

/** What this participant sends. It owns the sending transport and one publication per source. */
export class Sender {
  readonly #transport: types.Transport
  readonly #request: Request
  readonly #onChange: (published: CallState['published']) => void
  readonly #turn: Promise<unknown>
  readonly #publications = new Map<Source, Publication>()
  readonly #turns = new Map<Source, Promise<void>>()

  constructor(options: {
    transport: types.Transport
    request: Request
    onChange: (published: CallState['published']) => void
    /** Sending waits for this, so that what people wait for, to see and hear the others, has the browser to itself. */
    turn: Promise<unknown>
  }) {
    this.#transport = options.transport
    this.#request = options.request
    this.#onChange = options.onChange
    this.#turn = options.turn
    this.#transport.on('produce', ({ kind, rtpParameters: parameters }, done, fail) => {
      this.#produce(kind, parameters).then(done, fail)
    })
  }

  /** Sends a track; where the source is already sent, the new track takes the old one's place. */
  publish(source: Source, track: MediaStreamTrack): Promise<void> {
    return this.#inTurn(source, async () => {
      const present = this.#publications.get(source)
      this.#unpublishWhenEnded(source, track)
      if (present) await present.replace(track)
      else await this.#start(source, track)
      this.#changed()
    })
  }

  unpublish(source: Source): Promise<void> {
    return this.#inTurn(source, async () => {
      const publication = this.#publications.get(source)
      this.#publications.delete(source)
      this.#changed()
      await publication?.close()
    })
  }

  /** Takes effect at once, in or out of turn: a mute must not wait for the network. */
  async setMuted(source: Source, muted: boolean): Promise<void> {
    const settled = this.#publications.get(source)?.setMuted(muted)
    this.#changed()
    await settled
  }

  /** The media node has these producers and no others. */
  reconcile(producers: Notifications['resumed']['producers']): void {
    const listed = new Set(producers.map(({ producerId }) => producerId))
    for (const [source, publication] of [...this.#publications]) {
      if (publication.producerId === undefined || listed.has(publication.producerId)) continue
      publication.forget()
      this.#publications.delete(source)
      this.publish(source, publication.track).catch(() => {})
    }
  }

  getStats(): Promise<RTCStatsReport> {
    return this.#transport.getStats()
  }

  close(): void {
    this.#transport.close()
    this.#publications.clear()
  }

  async #produce(kind: MediaKind, parameters: types.RtpParameters): Promise<{ id: string }> {
    // Format parameters of a newer browser would be refused, and nobody has use for them.
    const known = { ...parameters, codecs: parameters.codecs.map(withKnownParameters) }
    const data = { kind, source: sourceOf[kind], rtpParameters: wireForm(rtpParameters, known) }
    const { producerId } = await this.#request('produce', data)
    return { id: producerId }
  }

  async #start(source: Source, track: MediaStreamTrack): Promise<void> {
    const publication = new Publication({
      source,
      track,
      transport: this.#transport,
      request: this.#request,
      turn: this.#turn,
    })
    this.#publications.set(source, publication)
    this.#changed()
    try {
      await publication.published()
    } catch (cause) {
      this.#publications.delete(source)
      this.#changed()
      if (cause instanceof CallError) throw cause
      throw new CallError('invalid_state', `The ${source} could not be sent.`, { cause })
    }
  }

  /** A device that is pulled out ends its track; `track.stop()` does not fire this. */
  #unpublishWhenEnded(source: Source, track: MediaStreamTrack): void {
    const unpublish = () => {
      if (this.#publications.get(source)?.track === track) this.unpublish(source).catch(() => {})
    }
    track.addEventListener('ended', unpublish, { once: true })
  }

  #changed(): void {
    this.#onChange(
      Object.fromEntries([...this.#publications].map(([source, { track, muted }]) => [source, { track, muted }])),
    )
  }

  /** Of one source, publishing and unpublishing happen one after another, in the order they were asked for. */
  #inTurn(source: Source, task: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(source)
    const turn = before ? before.then(task, task) : task()
    this.#turns.set(source, turn)
    const forget = () => {
      if (this.#turns.get(source) === turn) this.#turns.delete(source)
    }
    turn.then(forget, forget)
    return turn
  }
}

const sourceOf: Readonly<Record<MediaKind, Source>> = { audio: 'microphone', video: 'camera' }
