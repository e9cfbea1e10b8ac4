import { Call } from '../../../../client/sdk/call.ts'
import type { CallState } from '../../../../client/sdk/call-state.ts'
import { type Gap, GapWatch, type WayReport } from './gap-watch.ts'
import { camera, hum, speech } from './own-tracks.ts'
import { Player } from './player.ts'
import { watchTrack } from './watch-track.ts'

export type JoinPlan = {
  readonly roomId: string
  readonly name: string
  /** A recording to send instead of a hum. */
  readonly speech?: string
  readonly hasCamera: boolean
  readonly readsCaptions: boolean
  readonly isCaptioned: boolean
}

export type SeenFinal = { readonly segmentId: string; readonly text: string; readonly at: number }

export type ClientView = {
  readonly phase: CallState['phase']['name'] | 'none'
  /** Why it ended. */
  readonly error?: string
  readonly participantId: string
  readonly others: readonly {
    readonly participantId: string
    readonly tracks: readonly { readonly source: string; readonly status: string; readonly paused: boolean }[]
  }[]
  readonly publishes: readonly string[]
  readonly readsCaptions: boolean
  /** How many finals this call has shown and shows no more. */
  readonly forgotten: number
  /** Every final with words that this client has ever been shown. */
  readonly finals: readonly SeenFinal[]
  readonly ways: readonly WayReport[]
  /** When this page got no sound out of itself either: the machine was busy with something else. */
  readonly stalls: readonly Gap[]
  /** What the call has told its application, oldest first. */
  readonly events: readonly { readonly at: number; readonly event: string }[]
}

/** What has come in of one RTP stream: bytes are nothing before they are decoded. */
export type Inbound = { readonly id: string; readonly kind: string; readonly packets: number; readonly decoded: number }

declare global {
  interface Window {
    chaos: ChaosPage
  }
}

/** Sound comes every ten milliseconds; a page whose own comes later has had to wait for the processor. */
const STALL_MS = 30

/** One client, as the test sees it and orders it about from outside the browser. */
export class ChaosPage {
  #call: Call | undefined
  #player = new Player()
  #tracks: { microphone: MediaStreamTrack; camera?: MediaStreamTrack } | undefined
  readonly #finals = new Map<string, SeenFinal>()
  #finalsOfCall = new Set<string>()
  /** The newest revision of each segment that was not final. */
  readonly #partials = new Map<string, number>()
  #stalls: GapWatch | undefined
  #events: { at: number; event: string }[] = []

  async join(plan: JoinPlan): Promise<void> {
    this.#player.close()
    this.#player = new Player()
    this.#events = []
    this.#finalsOfCall = new Set()
    this.#stalls ??= watchStalls()
    this.#tracks ??= {
      microphone: plan.speech === undefined ? hum() : await speech(plan.speech),
      ...(plan.hasCamera && { camera: camera() }),
    }
    const { roomId, name, readsCaptions, isCaptioned } = plan
    const call = await Call.join({
      api: '',
      roomId,
      displayName: name,
      language: 'en',
      tracks: this.#tracks,
      captions: readsCaptions,
      captioned: isCaptioned,
    })
    this.#call = call
    call.on((event) => this.#events.push({ at: Date.now(), event: JSON.stringify(event) }))
    const show = () => {
      this.#player.show(call.state)
      this.#noteFinals(call.state)
    }
    call.subscribe(show)
    show()
  }

  leave(): void {
    this.#call?.leave()
  }

  /** Forgets the gaps that have ended. */
  forgetGaps(): void {
    this.#player.forget()
    this.#stalls?.forget()
  }

  view(): ClientView {
    const state = this.#call?.state
    const phase = state?.phase
    return {
      phase: phase?.name ?? 'none',
      ...(phase?.name === 'ended' && { error: phase.error?.code ?? 'left' }),
      participantId: state?.participantId ?? '',
      others: (state?.participants ?? []).map(({ participantId, tracks }) => ({
        participantId,
        tracks: tracks.map(({ source, media, paused }) => ({ source, status: media.status, paused })),
      })),
      publishes: Object.keys(state?.published ?? {}),
      readsCaptions: state?.captions.enabled ?? false,
      forgotten: state ? this.#forgotten(state) : 0,
      finals: [...this.#finals.values()],
      ways: this.#player.reports(),
      stalls: this.#stalls?.gaps ?? [],
      events: this.#events,
    }
  }

  async inbound(): Promise<readonly Inbound[]> {
    if (this.#call?.state.phase.name !== 'connected') return []
    const { receive } = await this.#call.getStats()
    const found: Inbound[] = []
    receive.forEach((entry) => {
      if (entry.type !== 'inbound-rtp') return
      const { id, kind, packetsReceived, framesDecoded = 0, totalSamplesReceived = 0, concealedSamples = 0 } = entry
      const decoded = kind === 'video' ? framesDecoded : totalSamplesReceived - concealedSamples
      found.push({ id, kind, packets: packetsReceived, decoded })
    })
    return found
  }

  /**
   * A segment that was cut off with its media node ends as it was shown last: it has had no final, which would be a revision
   * of its own. Nor is it one when nothing was recognised.
   */
  #noteFinals({ captions }: CallState): void {
    for (const { segmentId, text, final, revision } of captions.transcript.lines) {
      if (!final) this.#partials.set(segmentId, revision)
      if (!final || text.trim() === '' || this.#partials.get(segmentId) === revision) continue
      this.#finalsOfCall.add(segmentId)
      if (!this.#finals.has(segmentId)) this.#finals.set(segmentId, { segmentId, text, at: Date.now() })
    }
  }

  #forgotten({ captions: { transcript } }: CallState): number {
    const shown = new Set(transcript.lines.map(({ segmentId }) => segmentId))
    const missing = [...this.#finalsOfCall].filter((segmentId) => !shown.has(segmentId))
    return missing.length - transcript.dropped
  }
}

/** Listens to a sound that never leaves the page. */
function watchStalls(): GapWatch {
  const watch = new GapWatch(STALL_MS)
  watchTrack(hum(), (at) => watch.note(at))
  return watch
}
