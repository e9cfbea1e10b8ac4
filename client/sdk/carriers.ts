import type { Caption } from '../../shared/protocol/caption.ts'
import { CallError } from '../../shared/protocol/error-code.ts'
import type { Source } from '../../shared/protocol/messages.ts'
import type { CallState } from './call-state.ts'
import { addCaption, endLines, ownTroubles } from './captions.ts'
import type { Connection } from './connection.ts'
import { Handover } from './handover.ts'
import { inShownOrder, interrupted } from './shown-participants.ts'
import type { SpeakerNames } from './speaker-names.ts'
import type { Store } from './store.ts'
import type { Timer } from './timer.ts'

type Passing = {
  /** Whether the connection before will not come back. */
  readonly isLost: boolean
  /** Has captions by the new connection from now on; gives what was said lately. */
  readonly listen: () => Promise<readonly Caption[]>
  /** The connection before is closed. */
  readonly onDone: () => void
}

/**
 * The connections that carry a call: one, and while the call passes to another one, both. It owns them, shows what they have
 * as one call, and sends by each of them what the call sends.
 */
export class Carriers {
  readonly #state: Store<CallState>
  readonly #names: SpeakerNames
  readonly #timer: Timer
  /** What this participant wants to be sent, whichever connection carries it. */
  readonly #tracks = new Map<Source, MediaStreamTrack>()
  #connection: Connection | undefined
  #handover: Handover | undefined
  #isInterrupted = false
  #isClosed = false

  constructor(options: { state: Store<CallState>; names: SpeakerNames; timer: Timer }) {
    this.#state = options.state
    this.#names = options.names
    this.#timer = options.timer
  }

  /** The one that counts. */
  get connection(): Connection | undefined {
    return this.#connection
  }

  /** Puts a new connection in the place of the one before, if there is one. */
  pass(connection: Connection, passing: Passing): void {
    const before = this.#connection
    this.#handover?.finish()
    this.#isInterrupted = false
    this.#connection = connection
    if (before) this.#handOver(before, connection, passing)
    connection.state.subscribe(() => this.#show())
    for (const [source, track] of this.#tracks) connection.media.publish(source, track).catch(() => {})
    this.#handover?.check()
    this.#show()
  }

  /** Marks what the present connection shows as standing still, until another one takes its place or it is `resumed`. */
  interrupt(): void {
    this.#isInterrupted = true
    this.#show()
  }

  resumed(): void {
    this.#isInterrupted = false
    this.#show()
  }

  /** A connection broke; whether it was one that the call is passing from, and needs no more. */
  lost(connection: Connection): boolean {
    if (this.#handover?.before !== connection) return false
    this.#handover.lost()
    return true
  }

  /** Ends the passing from one connection to another, as it is. */
  settle(): void {
    this.#handover?.finish()
  }

  /** Does something by the present connection, and again by the next one if this one is replaced meanwhile. */
  async through<T>(task: (connection: Connection) => Promise<T>): Promise<T> {
    for (;;) {
      const connection = this.#connection
      if (!connection || this.#isClosed) throw new CallError('invalid_state', 'This call has ended.')
      try {
        return await task(connection)
      } catch (error) {
        if (connection === this.#connection) throw error
      }
    }
  }

  publish(source: Source, track: MediaStreamTrack): Promise<void> {
    this.#tracks.set(source, track)
    // Done again on a new connection, it must not bring back what was replaced since.
    return this.#byAll(async ({ media }) => {
      if (this.#tracks.get(source) === track) await media.publish(source, track)
    })
  }

  unpublish(source: Source): Promise<void> {
    this.#tracks.delete(source)
    return this.#byAll(({ media }) => media.unpublish(source))
  }

  setMuted(source: Source, muted: boolean): Promise<void> {
    return this.#byAll(({ media }) => media.setMuted(source, muted))
  }

  caption(from: Connection, caption: Caption): void {
    const state = this.#state.get()
    const { lines } = state.captions.transcript
    const isKnown = lines.some(({ segmentId }) => segmentId === caption.segmentId)
    if (this.#handover ? !this.#handover.takes(caption, from, isKnown) : from !== this.#connection) return
    const line = { ...caption, speaker: this.#names.of(caption.participantId), receivedAt: Date.now() }
    const transcript = addCaption(state.captions.transcript, line)
    this.#state.set({ ...state, captions: { ...state.captions, transcript } })
  }

  close(): void {
    this.#isClosed = true
    this.#handover?.finish()
    this.#connection?.close()
  }

  #handOver(before: Connection, now: Connection, { isLost, listen, onDone }: Passing): void {
    let listening: Promise<void> = Promise.resolve()
    const handover: Handover = new Handover({
      before,
      now,
      isLost,
      timer: this.#timer,
      onListen: () => {
        listening = listen().then((captions) => handover.heard(captions))
      },
      onDone: () => {
        this.#handover = undefined
        this.#show()
        onDone()
        listening.then(() => this.#endLines(handover))
      },
    })
    this.#handover = handover
  }

  /** Of what the connection before had begun to caption, nothing more will come. */
  #endLines(handover: Handover): void {
    const state = this.#state.get()
    const transcript = endLines(state.captions.transcript, (segmentId) => handover.hasHeard(segmentId))
    this.#state.set({ ...state, captions: { ...state.captions, transcript } })
  }

  /** At once and lastingly by the connection that counts; as far as it goes by one that is being left. */
  #byAll(task: (connection: Connection) => Promise<void>): Promise<void> {
    const before = this.#handover?.before
    if (before) void attempt(() => task(before))
    return this.through(task)
  }

  #show(): void {
    if (!this.#connection || this.#isClosed) return
    const state = this.#state.get()
    const { captions, participantId } = state
    const { captionsActive: active, troubles, ...shown } = this.#handover?.shown ?? this.#connection.state.get()
    const participants = this.#isInterrupted ? interrupted(shown.participants) : shown.participants
    this.#state.set({
      ...state,
      ...shown,
      participants: inShownOrder(state.participants, participants),
      captions: { ...captions, active, troubles: captions.enabled ? troubles : ownTroubles(troubles, participantId) },
    })
  }
}

async function attempt(task: () => Promise<void>): Promise<void> {
  try {
    await task()
  } catch {
    // What is being left may be gone already.
  }
}
