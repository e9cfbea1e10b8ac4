import type { CallState } from '../../../../client/sdk/call-state.ts'
import type { Studio } from './chaos-participant.ts'
import { GapWatch, type WayReport } from './gap-watch.ts'

type Source = WayReport['source']

type Way = {
  readonly participantId: string
  readonly source: Source
  readonly watch: GapWatch
  track: MediaStreamTrack | undefined
  stop: () => void
}

/** Ten milliseconds of sound come at once, and ten pictures a second. */
const LEAST_GAP_MS: Readonly<Record<Source, number>> = { microphone: 60, camera: 300 }

/** Plays what a call's state says there is to play, as an application would, and notes when it was silent or stood still. */
export class Player {
  readonly #watchTrack: Studio['watchTrack']
  readonly #ways = new Map<string, Way>()

  constructor(watchTrack: Studio['watchTrack']) {
    this.#watchTrack = watchTrack
  }

  /** Takes up the tracks of this state and lets go of those that are no longer in it. */
  show({ participants }: Pick<CallState, 'participants'>): void {
    const live = new Map<string, MediaStreamTrack>()
    for (const { participantId, tracks } of participants) {
      for (const { source, media } of tracks) {
        if (media.status !== 'live') continue
        const way = this.#way(participantId, source)
        live.set(keyOf(way), media.track)
      }
    }
    for (const [key, way] of this.#ways) {
      const track = live.get(key)
      if (track !== way.track) this.#play(way, track)
    }
  }

  reports(): readonly WayReport[] {
    return [...this.#ways.values()].map(({ participantId, source, watch }) => ({
      participantId,
      source,
      ...(watch.last !== undefined && { last: watch.last }),
      gaps: watch.gaps,
    }))
  }

  forget(): void {
    for (const { watch } of this.#ways.values()) watch.forget()
  }

  close(): void {
    for (const { stop } of this.#ways.values()) stop()
    this.#ways.clear()
  }

  #way(participantId: string, source: Source): Way {
    const known = this.#ways.get(keyOf({ participantId, source }))
    if (known !== undefined) return known
    const watch = new GapWatch(LEAST_GAP_MS[source])
    const way: Way = { participantId, source, watch, track: undefined, stop: () => undefined }
    this.#ways.set(keyOf(way), way)
    return way
  }

  #play(way: Way, track: MediaStreamTrack | undefined): void {
    way.stop()
    way.track = track
    way.stop = track === undefined ? () => undefined : this.#watchTrack(track, (at) => way.watch.note(at))
  }
}

function keyOf({ participantId, source }: Pick<Way, 'participantId' | 'source'>): string {
  return `${participantId} ${source}`
}
