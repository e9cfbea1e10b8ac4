import { Call } from '../../../../client/sdk/call.ts'
import type { CallState } from '../../../../client/sdk/call-state.ts'
import type { Environment } from '../../../../client/sdk/environment.ts'
import type { Gap, GapWatch, WayReport } from './gap-watch.ts'
import { Player } from './player.ts'

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
  /** When this client's own program had to wait: the machine was busy with something else. */
  readonly stalls: readonly Gap[]
  /** What the call has told its application, oldest first. */
  readonly events: readonly { readonly at: number; readonly event: string }[]
}

/** What has come in of one RTP stream: bytes are nothing before they are decoded. */
export type Inbound = { readonly id: string; readonly kind: string; readonly packets: number; readonly decoded: number }

export type OwnTracks = { readonly microphone: MediaStreamTrack; readonly camera?: MediaStreamTrack }

/** What a program with WebRTC gives its participants: a browser's page, or a process without a browser. */
export type Studio = {
  /** Origin of the control plane; empty for the page's own. */
  readonly api: string
  readonly environment: Environment
  /** What a participant with this plan sends. */
  tracks(plan: JoinPlan): Promise<OwnTracks>
  /** Plays a track and calls `onMedia` when something comes out of it, until the returned function is called. */
  watchTrack(track: MediaStreamTrack, onMedia: (at: number) => void): () => void
  /** Notes when this program itself had to wait for the processor. */
  watchStalls(): GapWatch
}

/** Sound comes every ten milliseconds; a program whose own comes later has had to wait for the processor. */
export const STALL_MS = 30

/** One client, as the test sees it and orders it about from outside. */
export class ChaosParticipant {
  readonly #studio: Studio
  #call: Call | undefined
  #player: Player
  #tracks: OwnTracks | undefined
  readonly #finals = new Map<string, SeenFinal>()
  #finalsOfCall = new Set<string>()
  /** The newest revision of each segment that was not final. */
  readonly #partials = new Map<string, number>()
  #stalls: GapWatch | undefined
  #events: { at: number; event: string }[] = []

  constructor(studio: Studio) {
    this.#studio = studio
    this.#player = new Player(studio.watchTrack)
  }

  async join(plan: JoinPlan): Promise<void> {
    this.#player.close()
    this.#player = new Player(this.#studio.watchTrack)
    this.#events = []
    this.#finalsOfCall = new Set()
    this.#stalls ??= this.#studio.watchStalls()
    this.#tracks ??= await this.#studio.tracks(plan)
    const { roomId, name, readsCaptions, isCaptioned } = plan
    const call = await Call.join(
      {
        api: this.#studio.api,
        roomId,
        displayName: name,
        language: 'en',
        tracks: this.#tracks,
        captions: readsCaptions,
        captioned: isCaptioned,
      },
      this.#studio.environment,
    )
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
