import type { Caption } from '../../shared/protocol/caption.ts'
import type { Connection } from './connection.ts'
import type { ConnectionState } from './connection-state.ts'
import { interrupted, isCovered, shownParticipants } from './shown-participants.ts'
import type { Timer } from './timer.ts'

/** What the new connection does not show by then will not come. */
const DEADLINE_MS = 5_000

/** After the new connection shows everything here, until it does so for the others too. */
const LINGER_MS = 1_000

/**
 * The time in which a call passes from one connection to another. The one before goes on playing until the new one does;
 * then it is closed. A lost one is closed as soon as it is not needed, the others' picture having stood still meanwhile.
 */
export class Handover {
  readonly before: Connection
  readonly now: Connection
  readonly #timer: Timer
  readonly #onListen: () => void
  readonly #onDone: () => void
  readonly #unsubscribe: () => void
  /** Of captions that the new connection has told of. */
  readonly #segments = new Set<string>()
  #isLost: boolean
  #isListening = false
  #phase: 'passing' | 'covered' | 'done' = 'passing'
  #cancel: () => void

  constructor(options: {
    before: Connection
    now: Connection
    isLost: boolean
    timer: Timer
    /** Captions are to be had of the new connection from now on. */
    onListen: () => void
    onDone: () => void
  }) {
    this.before = options.before
    this.now = options.now
    this.#isLost = options.isLost
    this.#timer = options.timer
    this.#onListen = options.onListen
    this.#onDone = options.onDone
    this.#cancel = this.#timer(DEADLINE_MS, () => this.#covered())
    if (options.isLost) this.before.abandon()
    if (options.isLost) this.#listen()
    const stops = [this.before, this.now].map(({ state }) => state.subscribe(() => this.check()))
    this.#unsubscribe = () => {
      for (const stop of stops) stop()
    }
  }

  /** Everything to show of both connections. */
  get shown(): ConnectionState {
    const [before, now] = [this.before.state.get(), this.now.state.get()]
    const participants = shownParticipants(
      this.#isLost ? interrupted(before.participants) : before.participants,
      now.participants,
    )
    const carrier = this.#isLost || this.#phase === 'covered' ? now : before
    const captionsActive = now.captionsActive || (!this.#isLost && before.captionsActive)
    return { ...carrier, participants, published: now.published, captionsActive }
  }

  /** The one before broke, or will be closed. */
  lost(): void {
    if (this.#isLost) return
    this.#isLost = true
    this.before.abandon()
    this.#listen()
    this.check()
  }

  /** Whether a caption is to be shown. Once the new connection is listened to, the other one only ends what it began. */
  takes(caption: Caption, from: Connection, isKnown: boolean): boolean {
    if (from === this.now) this.heard([caption])
    return from === this.now || !this.#isListening || isKnown
  }

  /** The new connection goes on with these. */
  heard(captions: readonly Caption[]): void {
    for (const { segmentId } of captions) this.#segments.add(segmentId)
  }

  hasHeard(segmentId: string): boolean {
    return this.#segments.has(segmentId)
  }

  /** Whether the connection before is needed any more. */
  check(): void {
    if (this.#phase === 'done') return
    const isReached = isCovered(this.before.state.get().participants, this.now.state.get().participants)
    if (this.#phase === 'passing' && isReached) this.#covered()
    else if (this.#phase === 'covered' && this.#isLost) this.finish()
  }

  /** Closes the connection before, whatever has been reached. */
  finish(): void {
    if (this.#phase === 'done') return
    this.#phase = 'done'
    this.#cancel()
    this.#unsubscribe()
    this.before.close()
    this.#onDone()
  }

  #covered(): void {
    this.#phase = 'covered'
    this.#cancel()
    this.#listen()
    if (this.#isLost) this.finish()
    else this.#cancel = this.#timer(LINGER_MS, () => this.finish())
  }

  #listen(): void {
    if (this.#isListening) return
    this.#isListening = true
    this.#onListen()
  }
}
