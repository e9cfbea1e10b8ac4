import type { ConnectionMedia, MediaOptions } from '../../../client/sdk/open-media.ts'
import type { RemoteMedia } from '../../../client/sdk/participants.ts'
import type { Notifications, Source } from '../../../shared/protocol/messages.ts'

/** Media without WebRTC: it keeps what it was told, and plays what the test says. */
export class ScriptedMedia implements ConnectionMedia {
  readonly published = new Map<Source, MediaStreamTrack>()
  readonly muted = new Map<Source, boolean>()
  readonly consumers = new Set<string>()
  iceRestarts = 0
  isClosed = false
  readonly #options: MediaOptions

  constructor(options: MediaOptions) {
    this.#options = options
  }

  get iceServers(): MediaOptions['iceServers'] {
    return this.#options.iceServers
  }

  get events(): MediaOptions['events'] {
    return this.#options.events
  }

  async publish(source: Source, track: MediaStreamTrack): Promise<void> {
    this.published.set(source, track)
    this.#changed()
    await this.#options.request('resume-producer', { producerId: `${source}-producer` })
  }

  async unpublish(source: Source): Promise<void> {
    this.published.delete(source)
    this.#changed()
    await this.#options.request('close-producer', { producerId: `${source}-producer` })
  }

  async setMuted(source: Source, muted: boolean): Promise<void> {
    this.muted.set(source, muted)
    await this.#options.request('pause-producer', { producerId: `${source}-producer` })
  }

  addConsumer(description: Notifications['consumer-created']): void {
    if (this.consumers.has(description.consumerId)) return
    this.consumers.add(description.consumerId)
    this.events.onTrack(description)
  }

  removeConsumer(consumerId: string): void {
    this.consumers.delete(consumerId)
  }

  reconcile({ consumers }: Pick<Notifications['resumed'], 'consumers'>): void {
    const listed = consumers.map(({ consumerId }) => consumerId)
    for (const known of this.consumers) if (!listed.includes(known)) this.consumers.delete(known)
    for (const description of consumers) this.addConsumer(description)
  }

  async restartIce(): Promise<void> {
    this.iceRestarts += 1
  }

  getStats(): ReturnType<ConnectionMedia['getStats']> {
    return Promise.reject(new Error('no WebRTC here'))
  }

  close(): void {
    this.isClosed = true
  }

  /** What a consumer plays. */
  plays(consumerId: string, media: RemoteMedia): void {
    this.events.onMedia(consumerId, media)
  }

  #changed(): void {
    const published = [...this.published].map(([source, track]) => [source, { track, muted: !track.enabled }])
    this.events.onPublished(Object.fromEntries(published))
  }
}
