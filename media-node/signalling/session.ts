import type { Clock } from '../../shared/clock.ts'
import { afterRunning, withDeadline } from '../../shared/deadline.ts'
import { type Logger, loggedRoom } from '../../shared/logging.ts'
import { CLOSE_LEFT, closeCodeOf } from '../../shared/protocol/close-code.ts'
import { CallError } from '../../shared/protocol/error-code.ts'
import { type Event, MAX_MESSAGE_BYTES, type Notifications } from '../../shared/protocol/messages.ts'
import type { JoinGrant } from '../../shared/token.ts'
import { TokenBucket } from '../../shared/token-bucket.ts'
import { type CloseReason, closeReasons } from '../sfu/close-reason.ts'
import type { Room } from '../sfu/room.ts'
import type { Credentials } from './admission.ts'
import { callErrorOf } from './call-error-of.ts'
import { failureAnswer } from './failure-answer.ts'
import type { JoinLimits } from './join-limits.ts'
import { keepAlive } from './keep-alive.ts'
import type { NotificationTexts } from './notification-texts.ts'
import { type Envelope, parseEnvelope } from './parse-request.ts'
import type { Connection, Presence } from './presence.ts'
import type { Presences } from './presences.ts'
import type { SignallingMetrics } from './signalling-metrics.ts'
import type { UsedTokens } from './used-tokens.ts'

/** From the connection to the answer of `receive`. */
export const JOIN_DEADLINE_MS = 10_000

/** For the check of a token, which may have to fetch keys. */
const AUTHORISE_DEADLINE_MS = 5_000

const MESSAGE_RATE = { perSecond: 50, burst: 100 }

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

/** Who is at the other side of a connection. */
export type SessionClient = {
  /** What they are counted by. */
  readonly caller: string
  /** Their token is good. */
  letIn(): void
}

/** What all sessions of a media node share. */
export type SessionContext = {
  readonly openRoom: (grant: JoinGrant, caller: string) => Promise<Room>
  readonly authorise: (token: string) => Promise<JoinGrant>
  readonly usedTokens: UsedTokens
  readonly joinLimits: JoinLimits
  readonly presences: Presences
  readonly notificationTexts: NotificationTexts
  readonly metrics: SignallingMetrics
  readonly clock: Clock
  readonly logger: Logger
}

type State =
  | { readonly name: 'authorising' }
  | { readonly name: 'joining'; readonly presence: Presence }
  | { readonly name: 'joined'; readonly presence: Presence }
  /** The participant is gone; the answer to `leave` still goes out. */
  | { readonly name: 'leaving' }
  | { readonly name: 'closed' }

/** One signalling connection from birth to death. */
export class Session implements Connection {
  readonly #context: SessionContext
  readonly #socket: SessionSocket
  readonly #client: SessionClient
  readonly #bucket: TokenBucket
  readonly #bornAt: number
  readonly #keepAlive: ReturnType<typeof keepAlive>
  readonly #cancelJoinDeadline: () => void
  #logger: Logger
  #state: State = { name: 'authorising' }
  /** `receive` is still to come. */
  #joining = true

  constructor(context: SessionContext, socket: SessionSocket, client: SessionClient) {
    const { clock } = context
    this.#context = context
    this.#socket = socket
    this.#client = client
    this.#bornAt = clock.now()
    this.#logger = context.logger
    this.#bucket = new TokenBucket(MESSAGE_RATE, clock)
    this.#keepAlive = keepAlive({ clock, ping: () => socket.ping(), lost: () => this.lost() })
    this.#cancelJoinDeadline = afterRunning(clock, JOIN_DEADLINE_MS, () => this.close('join_timeout'))
  }

  /** Takes a participant up again or lets one in, as the credentials say; closes the connection when neither may be. */
  async start({ joinToken, resumeToken }: Credentials): Promise<void> {
    const presence = resumeToken === undefined ? undefined : this.#context.presences.find(resumeToken)
    if (presence !== undefined) {
      this.#resume(presence)
      return
    }
    if (resumeToken !== undefined) this.#context.metrics.resumed('refused')
    if (resumeToken !== undefined && joinToken === undefined) this.close('resume_expired')
    else await this.#join(joinToken)
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
    const presence = 'presence' in this.#state ? this.#state.presence : undefined
    this.#end(reason, reason === 'left' ? 'leaving' : 'closed')
    presence?.participant.close(reason)
    if (reason !== 'left') this.#socket.close(closeCodeOf[reason], reason)
  }

  /** The connection broke: who was let in already may be taken up again by another one. */
  lost(): void {
    if (this.#state.name !== 'joined') {
      this.close('connection_lost')
      return
    }
    const { presence } = this.#state
    this.#end('connection_lost', 'closed')
    presence.lost(this)
    this.#socket.close(closeCodeOf.connection_lost, 'connection_lost')
  }

  supersede(): void {
    if (this.#state.name !== 'joined') return
    this.#end('replaced', 'closed')
    this.#socket.close(closeCodeOf.replaced, 'replaced')
  }

  notify<E extends Event>(event: E, data: Notifications[E]): void {
    if (event === 'caption' && this.#socket.bufferedAmount > MAX_BUFFERED_BYTES_FOR_CAPTIONS) {
      this.#context.metrics.dropped('caption')
    } else {
      this.#send(this.#context.notificationTexts.of(event, data))
    }
  }

  #resume(presence: Presence): void {
    this.#client.letIn()
    this.#state = { name: 'joined', presence }
    this.#logger = presence.participant.logger
    presence.resume(this)
    if (presence.participant.receiving) this.#joiningEnds()
  }

  async #join(token: string | undefined): Promise<void> {
    try {
      const grant = await this.#authorise(token)
      this.#logger = this.#loggerOf(grant)
      if (this.#state.name !== 'authorising') return
      this.#context.usedTokens.use(grant)
      this.#client.letIn()
      this.#context.joinLimits.join(this.#client.caller)
      const room = await this.#context.openRoom(grant, this.#client.caller)
      if (this.#state.name !== 'authorising') return
      const presence = this.#enter(room, grant)
      this.#state = { name: 'joining', presence }
      await presence.participant.open()
      this.#joined(presence)
    } catch (error) {
      if (this.#state.name !== 'closed') this.#refuse(this.#reasonOf(error))
    }
  }

  /** The line of a join that came to nothing. */
  #refuse(reason: CloseReason): void {
    // Without a good token anybody can bring this about as often as they like.
    const level = this.#logger === this.#context.logger ? 'debug' : 'info'
    this.#logger[level]({ reason }, 'join refused')
    this.close(reason)
  }

  #loggerOf({ roomId, epoch, participantId, traceId }: JoinGrant): Logger {
    const trace = traceId === undefined ? {} : { traceId }
    return this.#context.logger.child({ room: loggedRoom(roomId), epoch, participantId, ...trace })
  }

  async #authorise(token: string | undefined): Promise<JoinGrant> {
    if (token === undefined) throw new CallError('unauthorized', 'No join token was offered.')
    const late = () => new CallError('unavailable', 'The join token could not be checked in time.')
    return await withDeadline(this.#context.clock, AUTHORISE_DEADLINE_MS, this.#context.authorise(token), late)
  }

  #enter(room: Room, grant: JoinGrant): Presence {
    const { participantId, displayName, language, maxParticipants, traceId } = grant
    const { caller } = this.#client
    const newcomer = {
      description: { participantId, displayName, language, captioned: true },
      maxParticipants,
      caller,
      traceId,
    }
    const who = { caller, roomId: room.id }
    return this.#context.presences.enter({ connection: this, who }, (link) => room.add(newcomer, link))
  }

  #joined(presence: Presence): void {
    if (this.#state.name === 'joining') this.#state = { name: 'joined', presence }
  }

  #request(text: string): void {
    try {
      void this.#answer(parseEnvelope(text))
    } catch (error) {
      this.close(this.#reasonOf(error))
    }
  }

  async #answer(envelope: Envelope): Promise<void> {
    if (this.#state.name !== 'joined') {
      const tooEarly = new CallError('invalid_state', 'Wait for the welcome.')
      this.#context.metrics.answered('unknown', tooEarly.code, 0)
      this.#send(failureAnswer(envelope.id, tooEarly))
      return
    }
    const { requests, participant } = this.#state.presence
    const answer = await requests.answer(envelope)
    if (this.#joining && participant.receiving) {
      this.#context.metrics.joined((this.#context.clock.now() - this.#bornAt) / 1_000)
      this.#joiningEnds()
    }
    this.#send(answer)
    this.#left()
  }

  #joiningEnds(): void {
    this.#joining = false
    this.#cancelJoinDeadline()
  }

  /** Once `leave` is answered there is no more to say. */
  #left(): void {
    if (this.#state.name !== 'leaving') return
    this.#state = { name: 'closed' }
    this.#socket.close(CLOSE_LEFT, 'left')
  }

  #end(reason: CloseReason, state: 'leaving' | 'closed'): void {
    this.#state = { name: state }
    this.#cancelJoinDeadline()
    this.#keepAlive.stop()
    this.#context.metrics.closed(reason)
  }

  #send(text: string): void {
    if (this.#state.name === 'closed') return
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.#context.metrics.dropped('connection')
      this.lost()
    } else {
      this.#socket.send(text)
    }
  }

  #reasonOf(error: unknown): CloseReason {
    const { code } = callErrorOf(error, this.#logger)
    return closeReasons.find((reason) => reason === code) ?? 'internal'
  }
}
