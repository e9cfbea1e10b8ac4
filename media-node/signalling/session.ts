import type { Clock } from '../../shared/clock.ts'
import { withDeadline } from '../../shared/deadline.ts'
import type { Logger } from '../../shared/logging.ts'
import { CLOSE_LEFT, closeCodeOf } from '../../shared/protocol/close-code.ts'
import { CallError } from '../../shared/protocol/error-code.ts'
import {
  type Event,
  MAX_MESSAGE_BYTES,
  type Method,
  type Notifications,
  type Requests,
} from '../../shared/protocol/messages.ts'
import type { JoinGrant } from '../../shared/token.ts'
import { TokenBucket } from '../../shared/token-bucket.ts'
import { type CloseReason, closeReasons } from '../sfu/close-reason.ts'
import type { Participant } from '../sfu/participant.ts'
import type { Room } from '../sfu/room.ts'
import type { Handlers } from './handlers.ts'
import { keepAlive } from './keep-alive.ts'
import type { NotificationTexts } from './notification-texts.ts'
import { type Envelope, parseData, parseEnvelope, parseMethod } from './parse-request.ts'
import type { SignallingMetrics } from './signalling-metrics.ts'
import type { UsedTokens } from './used-tokens.ts'

/** From the connection to the answer of `receive`. */
export const JOIN_DEADLINE_MS = 10_000

/** For the check of a token, which may have to fetch keys. */
const AUTHORISE_DEADLINE_MS = 5_000

/** For the answer to one request. */
const REQUEST_DEADLINE_MS = 8_000

const MESSAGE_RATE = { perSecond: 50, burst: 100 }

/** Requests of one connection that may wait for their answers at once. */
const MAX_REQUESTS_IN_FLIGHT = 64

/** Bytes that may wait for a client that reads slowly; beyond the first bound captions are dropped, then the client. */
const MAX_BUFFERED_BYTES_FOR_CAPTIONS = 256 * 1024
const MAX_BUFFERED_BYTES = 1024 * 1024

/** The connection to a client. No call throws or waits, also when the client is gone. */
export type SessionSocket = {
  /** Bytes that wait to be sent. */
  readonly bufferedAmount: number
  send(text: string): void
  ping(): void
  /** Closes politely, and by force when the client does not answer. */
  close(code: number, reason: string): void
}

/** What all sessions of a media node share. */
export type SessionContext = {
  readonly openRoom: (grant: JoinGrant) => Promise<Room>
  readonly authorise: (token: string) => Promise<JoinGrant>
  readonly usedTokens: UsedTokens
  readonly handlers: Handlers
  readonly notificationTexts: NotificationTexts
  readonly metrics: SignallingMetrics
  readonly clock: Clock
  readonly logger: Logger
}

type State =
  | { readonly name: 'authorising' }
  | { readonly name: 'joining'; readonly participant: Participant }
  | { readonly name: 'joined'; readonly participant: Participant }
  /** The participant is gone; the answer to `leave` still goes out. */
  | { readonly name: 'leaving' }
  | { readonly name: 'closed' }

/** One signalling connection from birth to death. */
export class Session {
  readonly #context: SessionContext
  readonly #socket: SessionSocket
  readonly #bucket: TokenBucket
  readonly #bornAt: number
  readonly #keepAlive: ReturnType<typeof keepAlive>
  readonly #cancelJoinDeadline: () => void
  #state: State = { name: 'authorising' }
  #requestsInFlight = 0

  constructor(context: SessionContext, socket: SessionSocket) {
    const { clock } = context
    this.#context = context
    this.#socket = socket
    this.#bornAt = clock.now()
    this.#bucket = new TokenBucket(MESSAGE_RATE, clock)
    this.#keepAlive = keepAlive({ clock, ping: () => socket.ping(), lost: () => this.close('connection_lost') })
    this.#cancelJoinDeadline = clock.after(JOIN_DEADLINE_MS, () => this.close('join_timeout'))
  }

  /** Checks the token and joins its room; closes the connection when it may not. */
  async join(token: string | undefined): Promise<void> {
    try {
      const grant = await this.#authorise(token)
      if (this.#state.name !== 'authorising') return
      this.#context.usedTokens.use(grant)
      const room = await this.#context.openRoom(grant)
      if (this.#state.name !== 'authorising') return
      const participant = this.#addTo(room, grant)
      this.#state = { name: 'joining', participant }
      await participant.open()
      this.#joined(participant)
    } catch (error) {
      if (this.#state.name !== 'closed') this.close(this.#reasonOf(error))
    }
  }

  /** A text message came. */
  received(message: Buffer): void {
    if (this.#state.name === 'leaving' || this.#state.name === 'closed') return
    if (!this.#bucket.take()) this.close('rate_limited')
    else if (message.byteLength > MAX_MESSAGE_BYTES) this.close('payload_too_large')
    else this.#request(message.toString())
  }

  pong(): void {
    this.#keepAlive.answered()
  }

  /** Ends the participant and the connection. */
  close(reason: CloseReason): void {
    if (this.#state.name === 'leaving' || this.#state.name === 'closed') return
    const participant = 'participant' in this.#state ? this.#state.participant : undefined
    this.#state = { name: reason === 'left' ? 'leaving' : 'closed' }
    this.#cancelJoinDeadline()
    this.#keepAlive.stop()
    this.#context.metrics.closed(reason)
    participant?.close(reason)
    if (reason !== 'left') this.#socket.close(closeCodeOf[reason], reason)
  }

  async #authorise(token: string | undefined): Promise<JoinGrant> {
    if (token === undefined) throw new CallError('unauthorized', 'No join token was offered.')
    const late = () => new CallError('unavailable', 'The join token could not be checked in time.')
    return await withDeadline(this.#context.clock, AUTHORISE_DEADLINE_MS, this.#context.authorise(token), late)
  }

  #addTo(room: Room, grant: JoinGrant): Participant {
    const { participantId, displayName, language } = grant
    return room.add({ participantId, displayName, language, captioned: true }, grant.maxParticipants, {
      notify: (event, data) => this.#notify(event, data),
      close: (reason) => this.close(reason),
    })
  }

  #joined(participant: Participant): void {
    if (this.#state.name === 'joining') this.#state = { name: 'joined', participant }
  }

  #request(text: string): void {
    try {
      void this.#answer(parseEnvelope(text))
    } catch (error) {
      this.close(this.#reasonOf(error))
    }
  }

  async #answer({ id, method, data }: Envelope): Promise<void> {
    const startedAt = this.#context.clock.now()
    const known: { method: Method | 'unknown' } = { method: 'unknown' }
    try {
      known.method = parseMethod(method)
      const reply = await this.#handle(known.method, data)
      this.#answered(known.method, 'ok', startedAt)
      this.#send(JSON.stringify({ id, data: reply }))
    } catch (error) {
      if (this.#state.name === 'closed') return
      const { code, message } = this.#asCallError(error)
      this.#answered(known.method, code, startedAt)
      this.#send(JSON.stringify({ id, error: { code, message } }))
    }
    if (this.#state.name === 'leaving') this.#left()
  }

  async #handle<M extends Method>(method: M, data: unknown): Promise<Requests[M]['reply']> {
    if (this.#state.name !== 'joined') throw new CallError('invalid_state', 'Wait for the welcome.')
    if (this.#requestsInFlight >= MAX_REQUESTS_IN_FLIGHT) throw new CallError('rate_limited', 'Too many open requests.')
    const { participant } = this.#state
    const late = () => new CallError('request_timeout', 'The media node did not finish this in time.')
    this.#requestsInFlight += 1
    try {
      const work = Promise.resolve(this.#context.handlers[method](participant, parseData(method, data)))
      const reply = await withDeadline(this.#context.clock, REQUEST_DEADLINE_MS, work, late)
      if (method === 'receive') this.#receives()
      return reply
    } finally {
      this.#requestsInFlight -= 1
    }
  }

  #receives(): void {
    this.#cancelJoinDeadline()
    this.#context.metrics.joined((this.#context.clock.now() - this.#bornAt) / 1_000)
  }

  #left(): void {
    this.#state = { name: 'closed' }
    this.#socket.close(CLOSE_LEFT, 'left')
  }

  #notify<E extends Event>(event: E, data: Notifications[E]): void {
    if (event === 'caption' && this.#socket.bufferedAmount > MAX_BUFFERED_BYTES_FOR_CAPTIONS) {
      this.#context.metrics.dropped('caption')
    } else {
      this.#send(this.#context.notificationTexts.of(event, data))
    }
  }

  #send(text: string): void {
    if (this.#state.name === 'closed') return
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.#context.metrics.dropped('connection')
      this.close('connection_lost')
    } else {
      this.#socket.send(text)
    }
  }

  #answered(method: Method | 'unknown', outcome: CallError['code'] | 'ok', startedAt: number): void {
    this.#context.metrics.answered(method, outcome, (this.#context.clock.now() - startedAt) / 1_000)
  }

  #reasonOf(error: unknown): CloseReason {
    const { code } = this.#asCallError(error)
    return closeReasons.find((reason) => reason === code) ?? 'internal'
  }

  /** What is not a CallError is a fault of ours: its stack is logged and its text stays here. */
  #asCallError(error: unknown): CallError {
    if (error instanceof CallError) return error
    this.#context.logger.error({ err: error }, 'a signalling session failed')
    return new CallError('internal', 'The media node failed; the fault is logged there.')
  }
}
