import type { AudioLevelObserver } from 'mediasoup/types'
import type { SourceProducer } from './producers.ts'

/** Milliseconds between two looks at who is speaking. */
const INTERVAL_MS = 400

/** dBov under which somebody is not speaking (RFC 6464: 0 is the loudest, -127 silence). */
const THRESHOLD_DBOV = -60

/** More people than this do not speak at once in a way that anybody could follow. */
const MAX_SPEAKERS = 5

export const audioLevelObserverOptions = {
  interval: INTERVAL_MS,
  threshold: THRESHOLD_DBOV,
  maxEntries: MAX_SPEAKERS,
}

/** Follows who is speaking in a room, and says so when it changes: participant ids, loudest first. */
export class ActiveSpeakers {
  readonly #observer: AudioLevelObserver
  readonly #participantIds = new Map<string, string>()
  readonly #changed: (participantIds: string[]) => void
  #speaking: readonly string[] = []

  constructor(observer: AudioLevelObserver, changed: (participantIds: string[]) => void) {
    this.#observer = observer
    this.#changed = changed
    observer.on('volumes', (volumes) => this.#set(volumes.map(({ producer }) => producer.id)))
    observer.on('silence', () => this.#set([]))
  }

  async add(producer: SourceProducer): Promise<void> {
    this.#participantIds.set(producer.id, producer.appData.participantId)
    await this.#observer.addProducer({ producerId: producer.id })
  }

  /** The worker forgets a closed producer by itself. */
  producerClosed(producer: SourceProducer): void {
    this.#participantIds.delete(producer.id)
  }

  #set(producerIds: readonly string[]): void {
    const speaking = producerIds.flatMap((id) => this.#participantIds.get(id) ?? [])
    if (speaking.join() === this.#speaking.join()) return
    this.#speaking = speaking
    this.#changed(speaking)
  }
}
