import type { types } from 'mediasoup-client'
import type { Source } from '../../shared/protocol/messages.ts'
import type { Request } from './signalling.ts'

const CAMERA_MAX_BITS_PER_SECOND = 1_700_000
const CAMERA_START_KILOBITS_PER_SECOND = 800

/**
 * One source as this participant sends it; it owns the producer. The track stays its maker's: it is never stopped here.
 */
export class Publication {
  readonly #request: Request
  readonly #producing: Promise<types.Producer>
  #track: MediaStreamTrack
  #producer: types.Producer | undefined
  #closed = false

  constructor(options: {
    source: Source
    track: MediaStreamTrack
    transport: types.Transport
    request: Request
    /** Sending begins when this settles. */
    turn: Promise<unknown>
  }) {
    const { source, track, transport } = options
    this.#request = options.request
    this.#track = track
    const produce = () => transport.produce({ ...sendingOptions[source], track: this.#track, stopTracks: false })
    this.#producing = options.turn.then(produce, produce)
    this.#producing.then(
      (producer) => {
        this.#producer = producer
      },
      () => {},
    )
  }

  /** Undefined until the media node has taken the track. */
  get producerId(): string | undefined {
    return this.#producer?.id
  }

  get track(): MediaStreamTrack {
    return this.#track
  }

  get muted(): boolean {
    return !this.#track.enabled
  }

  /** Settles when the media node takes the track; one that was disabled before goes out muted. */
  async published(): Promise<void> {
    const muted = this.muted
    const producer = await this.#producing
    if (muted && !this.#closed) await this.#request('pause-producer', { producerId: producer.id })
  }

  /** Nothing is heard or seen from the moment of this call; the others learn of it a moment later. */
  async setMuted(muted: boolean): Promise<void> {
    this.#track.enabled = !muted
    const producer = await this.#producing
    if (this.#closed) return
    if (muted) producer.pause()
    else producer.resume()
    await this.#request(muted ? 'pause-producer' : 'resume-producer', { producerId: producer.id })
  }

  /** Sends another track in its place, muted as the old one was. */
  async replace(track: MediaStreamTrack): Promise<void> {
    track.enabled = this.#track.enabled
    this.#track = track
    const producer = await this.#producing
    if (!this.#closed) await producer.replaceTrack({ track })
  }

  /** The media node has it no more. */
  forget(): void {
    this.#closed = true
    this.#producer?.close()
  }

  async close(): Promise<void> {
    this.#closed = true
    const producer = await this.#producing.catch(() => undefined)
    if (!producer || producer.closed) return
    producer.close()
    await this.#request('close-producer', { producerId: producer.id })
  }
}

const sendingOptions: Readonly<Record<Source, types.ProducerOptions>> = {
  microphone: { codecOptions: { opusStereo: false, opusDtx: true, opusFec: true, opusNack: true } },
  camera: {
    encodings: [{ maxBitrate: CAMERA_MAX_BITS_PER_SECOND }],
    codecOptions: { videoGoogleStartBitrate: CAMERA_START_KILOBITS_PER_SECOND },
  },
}
