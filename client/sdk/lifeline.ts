import type { Caption } from '../../shared/protocol/caption.ts'
import { CallError } from '../../shared/protocol/error-code.ts'
import type { Notifications } from '../../shared/protocol/messages.ts'
import { asCallError } from './as-call-error.ts'
import { backOffMs } from './back-off.ts'
import type { CallEvent } from './call-event.ts'
import type { CallState } from './call-state.ts'
import { Carriers } from './carriers.ts'
import type { Connection, ConnectionEvents } from './connection.ts'
import { Entrance } from './entrance.ts'
import type { Environment } from './environment.ts'
import type { WantedTranscript } from './fetch-transcript.ts'
import type { JoinOptions } from './join-options.ts'
import { migrate } from './migrate.ts'
import { Patience } from './patience.ts'
import { Pause } from './pause.ts'
import { reconnect } from './reconnect.ts'
import { remedyOf } from './reconnection-policy.ts'
import type { SpeakerNames } from './speaker-names.ts'
import type { Store } from './store.ts'

/** For the first WebSocket to open, by whatever network. */
const JOIN_DEADLINE_MS = 10_000
/** For one to another media node, while the present one goes on. */
const MOVE_DEADLINE_MS = 5_000

/** What keeps a call going: all that is done when its connection breaks, its room moves or its network changes. */
export class Lifeline {
  readonly carriers: Carriers
  readonly #environment: Environment
  readonly #state: Store<CallState>
  readonly #entrance: Entrance
  readonly #listenAgain: () => Promise<readonly Caption[]>
  readonly #onEvent: (event: CallEvent) => void
  readonly #patience: Patience
  readonly #pause: Pause
  readonly #stopWatches: readonly (() => void)[]
  readonly #ended = new AbortController()
  #migration: AbortController | undefined

  constructor(options: {
    room: JoinOptions
    environment: Environment
    state: Store<CallState>
    names: SpeakerNames
    /** Has captions as they were chosen by a new connection; gives what was said lately. */
    listenAgain: () => Promise<readonly Caption[]>
    onEvent: (event: CallEvent) => void
  }) {
    const { room, environment, state } = options
    this.#environment = environment
    this.#state = state
    this.#listenAgain = options.listenAgain
    this.#onEvent = options.onEvent
    this.carriers = new Carriers({ state, names: options.names, timer: environment.timer })
    this.#entrance = new Entrance({ room, environment, eventsOf: (connection) => this.#eventsOf(connection) })
    this.#pause = new Pause(environment.timer)
    this.#patience = new Patience({
      timer: environment.timer,
      isOnline: environment.isOnline,
      onGivenUp: () => this.end(new CallError('connection_lost', 'The call could not be reconnected.')),
    })
    this.#stopWatches = [
      environment.watchNetwork(() => this.#networkChanged()),
      environment.watchPauses(() => this.#tryAnew()),
    ]
  }

  /** By which the last join can be found in the servers' logs. */
  get traceId(): string | undefined {
    return this.#entrance.traceId
  }

  fetchTranscript(wanted: WantedTranscript): Promise<Blob> {
    return this.#entrance.fetchTranscript(wanted)
  }

  /** @throws CallError */
  async start(): Promise<void> {
    const connection = await this.#enterFirst()
    this.#ended.signal.throwIfAborted()
    this.#adopt(connection, 'none')
  }

  /** The one way out: closes everything and says why, once. */
  end(reason: CallError | null): void {
    const state = this.#state.get()
    if (state.phase.name === 'ended') return
    const error = reason === null ? null : reason.traced(this.traceId)
    this.#state.set({ ...state, phase: { name: 'ended', error }, speakers: [] })
    for (const stop of this.#stopWatches) stop()
    this.#patience.stop()
    this.#ended.abort(error ?? new CallError('invalid_state', 'This call has ended.'))
    this.#pause.cutShort()
    this.carriers.close()
    this.#onEvent({ type: 'ended', error })
  }

  /** A media node may have died since the room was placed there, so it is looked after once. */
  async #enterFirst(): Promise<Connection> {
    const { signal } = this.#ended
    const { speech } = this.#state.get()
    const way = { speech, signal, deadlineMs: JOIN_DEADLINE_MS }
    const answer = await this.#entrance.ask(way)
    try {
      return await this.#entrance.enter(answer, way)
    } catch (error) {
      signal.throwIfAborted()
      if (remedyOf[asCallError(error).code] === 'end') throw error
      return await this.#entrance.rejoin({ ...way, lostNodeId: answer.nodeId })
    }
  }

  #eventsOf(connection: () => Connection): ConnectionEvents {
    return {
      onCaption: (caption) => this.carriers.caption(connection(), caption),
      onMigrate: (how) => this.#migrate(connection(), how),
      onBroken: (cause) => this.#broke(connection(), cause),
      onMediaLost: (cause) => this.#mediaLost(connection(), cause),
    }
  }

  #broke(connection: Connection, cause: CallError): void {
    if (this.carriers.lost(connection) || connection !== this.carriers.connection) return
    if (this.#state.get().phase.name !== 'connected') return
    const remedy = remedyOf[cause.code]
    if (remedy === 'end') this.end(cause)
    else this.#reconnect(connection, cause, remedy === 'resume')
  }

  #mediaLost(connection: Connection, cause: CallError): void {
    if (this.carriers.lost(connection) || connection !== this.carriers.connection) return
    if (this.#state.get().phase.name !== 'connected') return
    // Where media never got through, another connection would not get it through either.
    if (connection.hadMedia) this.#reconnect(connection, cause, false)
    else this.end(cause)
  }

  async #reconnect(before: Connection, cause: CallError, resumable: boolean): Promise<void> {
    const since = this.#environment.now()
    const { random } = this.#environment
    this.#migration?.abort()
    this.carriers.settle()
    const breaks = this.#patience.broke()
    if (this.#ended.signal.aborted) return
    this.#change({ phase: { name: 'reconnecting', since, cause } })
    this.#onEvent({ type: 'reconnecting', cause })
    try {
      const connection = await reconnect({
        resume: (deadlineMs) => before.resume(deadlineMs),
        rejoin: (deadlineMs, resumable) => this.#rejoin(before, deadlineMs, resumable),
        resumable,
        delayMs: breaks === 0 ? 0 : backOffMs(breaks - 1, random),
        pause: this.#pause,
        random,
        signal: this.#ended.signal,
      })
      if (connection) this.#adopt(connection, 'lost')
      else this.#resumed()
      const ms = this.#environment.now() - since
      this.#onEvent({ type: 'reconnected', how: connection ? 'rejoined' : 'resumed', ms })
    } catch (error) {
      this.end(asCallError(error))
    }
  }

  #rejoin(before: Connection, deadlineMs: number, resumable: boolean): Promise<Connection | undefined> {
    this.carriers.interrupt()
    const { speech } = this.#state.get()
    const way = { speech, signal: this.#ended.signal, deadlineMs, lostNodeId: before.nodeId }
    if (!resumable) return this.#entrance.rejoin(way)
    return this.#entrance.resumeOrRejoin({ ...way, resume: () => before.resume(deadlineMs) })
  }

  #resumed(): void {
    this.carriers.resumed()
    this.#patience.recovered()
    this.#change({ phase: { name: 'connected' } })
    this.#listenAgain()
  }

  async #migrate(from: Connection, { deadlineMs }: Notifications['migrate']): Promise<void> {
    if (from !== this.carriers.connection || this.#migration || this.#state.get().phase.name !== 'connected') return
    const since = this.#environment.now()
    const migration = new AbortController()
    this.#migration = migration
    const connection = await migrate({
      deadlineMs,
      move: (signal) => {
        const { speech } = this.#state.get()
        return this.#entrance.move({ speech, signal, deadlineMs: MOVE_DEADLINE_MS, from: from.nodeId })
      },
      timer: this.#environment.timer,
      signal: AbortSignal.any([migration.signal, this.#ended.signal]),
    })
    this.#migration = undefined
    if (migration.signal.aborted || this.#ended.signal.aborted) connection?.close()
    else if (connection) this.#moved(connection, since)
  }

  #moved(connection: Connection, since: number): void {
    this.#adopt(connection, 'playing', () => {
      this.#onEvent({ type: 'migrated', ms: this.#environment.now() - since })
    })
  }

  /** From now on a new connection carries the call; the one before is gone, or plays until it is not needed any more. */
  #adopt(connection: Connection, before: 'none' | 'lost' | 'playing', onMoved: () => void = () => {}): void {
    const isLost = before === 'lost'
    this.carriers.pass(connection, { isLost, listen: this.#listenAgain, onDone: isLost ? () => {} : onMoved })
    if (isLost) this.#patience.recovered()
    this.#change({ phase: { name: 'connected' }, participantId: this.#entrance.participantId })
    if (connection.migration) this.#migrate(connection, connection.migration)
  }

  #networkChanged(): void {
    if (this.#environment.isOnline()) this.#tryAnew()
    else this.#checkConnection()
  }

  /** After a sleep and with a network that came, nothing of what was tried before counts. */
  #tryAnew(): void {
    this.#patience.renew()
    this.#pause.cutShort()
    this.#checkConnection()
  }

  #checkConnection(): void {
    if (this.#state.get().phase.name === 'connected') this.carriers.connection?.check()
  }

  #change(part: Partial<CallState>): void {
    this.#state.set({ ...this.#state.get(), ...part })
  }
}
