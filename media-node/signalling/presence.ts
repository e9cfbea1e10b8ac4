import { afterRunning } from '../../shared/deadline.ts'
import type { Event, Notifications } from '../../shared/protocol/messages.ts'
import type { CloseReason } from '../sfu/close-reason.ts'
import type { Participant } from '../sfu/participant.ts'
import type { Greeting, ParticipantLink } from '../sfu/participant-link.ts'
import type { CaptionSwitch } from './handlers.ts'
import { RequestDesk, type RequestDeskOptions } from './request-desk.ts'
import type { SignallingMetrics } from './signalling-metrics.ts'

/** How long a participant whose connection broke is kept for another connection to take it up, counted while this process runs. */
export const RESUME_WINDOW_MS = 15_000

/** What carries a participant at the moment. No call throws or waits. */
export type Connection = {
  notify<E extends Event>(event: E, data: Notifications[E]): void
  /** The participant has closed. */
  close(reason: CloseReason): void
  /** Another connection carries the participant from now on. */
  supersede(): void
}

export type PresenceOptions = RequestDeskOptions & {
  readonly resumeToken: string
  readonly captions: Pick<CaptionSwitch, 'active'>
  readonly metrics: SignallingMetrics
  readonly closed: () => void
}

/**
 * One participant over all the connections of its client. While none carries it, it is suspended: its media goes on, what
 * is notified is dropped, since `resumed` says how everything is then, and at the end of the window it closes.
 */
export class Presence implements ParticipantLink {
  readonly participant: Participant
  readonly requests: RequestDesk
  readonly #options: PresenceOptions
  #connection: Connection | undefined
  #cancelWindow: () => void = () => undefined
  #closed = false

  /** @throws what `join` throws */
  constructor(options: PresenceOptions, connection: Connection, join: (link: ParticipantLink) => Participant) {
    this.#options = options
    this.#connection = connection
    this.participant = join(this)
    this.requests = new RequestDesk(this.participant, { ...options, logger: this.participant.logger })
  }

  get suspended(): boolean {
    return !this.#closed && this.#connection === undefined
  }

  greet = (greeting: Greeting): void => {
    const { resumeToken } = this.#options
    this.notify('welcome', { ...greeting, resumeToken, resumeWindowMs: RESUME_WINDOW_MS })
  }

  notify = <E extends Event>(event: E, data: Notifications[E]): void => {
    if (this.#connection === undefined) this.#options.metrics.dropped('suspended')
    else this.#connection.notify(event, data)
  }

  /** For the participant, which has closed. */
  close = (reason: CloseReason): void => {
    if (this.#closed) return
    this.#closed = true
    this.#cancelWindow()
    this.#options.closed()
    this.#connection?.close(reason)
    this.#connection = undefined
  }

  /** The connection broke. */
  lost(connection: Connection): void {
    if (this.#closed || this.#connection !== connection) return
    this.#connection = undefined
    this.#cancelWindow = afterRunning(this.#options.clock, RESUME_WINDOW_MS, () => {
      this.#options.metrics.resumed('never')
      this.participant.close('connection_lost')
    })
  }

  /** Another connection of the same client takes the participant up. */
  resume(connection: Connection): void {
    const before = this.#connection
    this.#cancelWindow()
    this.#connection = connection
    before?.supersede()
    this.#options.metrics.resumed(before === undefined ? 'resumed' : 'taken_over')
    this.participant.catchUp({ captionsActive: this.#options.captions.active(this.participant) })
  }
}
