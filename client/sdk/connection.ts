import type { JoinAnswer } from '../../shared/api.ts'
import type { Caption } from '../../shared/protocol/caption.ts'
import { CallError } from '../../shared/protocol/error-code.ts'
import type { Notifications } from '../../shared/protocol/messages.ts'
import { ownTroubles } from './captions.ts'
import { type ConnectionState, newConnection } from './connection-state.ts'
import type { Environment } from './environment.ts'
import { Greeting } from './greeting.ts'
import { IceWatch } from './ice-watch.ts'
import { type Liveness, watchLiveness } from './liveness.ts'
import type { IceState } from './media.ts'
import type { ConnectionMedia } from './open-media.ts'
import { addParticipant, addTrack, changeTrack, keepPresent, type Participants, removeTrack } from './participants.ts'
import { Signalling } from './signalling.ts'
import type { Ticket } from './socket.ts'
import { stateHandlers } from './state-handlers.ts'
import { Store } from './store.ts'

export type ConnectionEvents = {
  readonly onCaption: (caption: Caption) => void
  readonly onMigrate: (how: Notifications['migrate']) => void
  /** Signalling broke; media may go on. */
  readonly onBroken: (cause: CallError) => void
  /** Media does not get through any more, or never did. */
  readonly onMediaLost: (cause: CallError) => void
}

type Welcome = Notifications['welcome']

/**
 * This participant on one media node: signalling and media, over all the WebSockets that this takes. It owns both. What
 * breaks is told to its owner, who resumes or replaces it.
 */
export class Connection {
  readonly nodeId: string
  readonly state = new Store<ConnectionState>(newConnection)
  readonly request: Signalling['request']
  readonly #answer: JoinAnswer
  readonly #environment: Environment
  readonly #events: ConnectionEvents
  readonly #signalling: Signalling
  readonly #iceWatch: IceWatch
  readonly #welcome = Promise.withResolvers<Welcome>()
  /** Rejects when the connection breaks before it is of use. */
  readonly #entering = Promise.withResolvers<never>()
  #isEntered = false
  #migration: Notifications['migrate'] | undefined
  /** While a WebSocket has yet to be taken by the media node. */
  #greeting: Greeting | undefined
  #resumeToken = ''
  #media: ConnectionMedia | undefined
  #liveness: Liveness | undefined
  #closed = false

  constructor(options: { answer: JoinAnswer; environment: Environment; events: ConnectionEvents }) {
    const { answer, environment, events } = options
    this.nodeId = answer.nodeId
    this.#answer = answer
    this.#environment = environment
    this.#events = events
    this.#signalling = new Signalling({
      handlers: {
        ...stateHandlers(this.state),
        welcome: (data) => this.#admitted(data),
        resumed: (data) => this.#resumed(data),
        migrate: (data) => this.#toMigrate(data),
        'consumer-created': (data) => this.#media?.addConsumer(data),
        'consumer-closed': ({ consumerId }) => this.#removeConsumer(consumerId),
        caption: (data) => events.onCaption(data),
      },
      onBroken: (error) => this.#broken(error),
      timer: environment.timer,
    })
    this.request = this.#signalling.request
    this.#iceWatch = new IceWatch({
      restart: () => this.#media?.restartIce().catch(() => {}),
      onLost: () => events.onMediaLost(new CallError('connection_lost', 'Audio and video cannot get through.')),
      timer: environment.timer,
    })
  }

  /**
   * Enters the room. Media is connecting when this settles, and nothing is published yet.
   *
   * @throws CallError; the connection is of no use then
   */
  async enter(options: { captioned: boolean; deadlineMs: number }): Promise<void> {
    this.#entering.promise.catch(() => {})
    await this.#connect({ joinToken: this.#answer.token }, options.deadlineMs)
    const welcome = await this.#welcome.promise
    const ready = Promise.all([
      this.#openMedia(welcome),
      // Nothing is sent before the media node knows; if it cannot be told, there is no call.
      options.captioned || this.request('set-speech', { captioned: false }),
    ])
    await Promise.race([ready, this.#entering.promise])
    this.#isEntered = true
  }

  /**
   * Takes this participant up again on a new WebSocket, with every track, and asks again what was not answered.
   *
   * @throws CallError; nothing is changed then, and it may be tried again
   */
  resume(deadlineMs: number): Promise<void> {
    return this.#connect({ resumeToken: this.#resumeToken }, deadlineMs)
  }

  /** What the media node last said about moving. */
  get migration(): Notifications['migrate'] | undefined {
    return this.#migration
  }

  /** Whether audio or video ever got through. */
  get hadMedia(): boolean {
    return this.#iceWatch.wasConnected
  }

  /** @throws CallError when the call has ended */
  get media(): ConnectionMedia {
    if (this.#media && !this.#closed) return this.#media
    throw new CallError('connection_lost', 'This connection is closed.')
  }

  /** What is wrong with the captions of others is of no interest any more. */
  forgetTroublesOfOthers(participantId: string): void {
    this.#change({ troubles: ownTroubles(this.state.get().troubles, participantId) })
  }

  /** The machine's network has changed. */
  check(): void {
    this.#liveness?.check()
  }

  /** Ends signalling and leaves media as it is, so that what it still plays goes on. */
  abandon(): void {
    this.#liveness?.stop()
    this.#iceWatch.pause()
    this.#signalling.close()
    const closed = new CallError('connection_lost', 'The connection was closed.')
    this.#greeting?.failed(closed)
    this.#entering.reject(closed)
  }

  /** Closes everything, and tells the media node if it can be told. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.request('leave', {}).catch(() => {})
    this.abandon()
    this.#media?.close()
  }

  async #connect(ticket: Ticket, deadlineMs: number): Promise<void> {
    const socket = this.#environment.openSocket(this.#answer.url, ticket)
    const greeting = new Greeting({ socket, deadlineMs, timer: this.#environment.timer })
    this.#greeting = greeting
    this.#signalling.connect(socket)
    try {
      await greeting.settled
    } catch (error) {
      if (this.#greeting === greeting) this.#signalling.disconnect()
      throw error
    } finally {
      if (this.#greeting === greeting) this.#greeting = undefined
    }
  }

  #admitted(welcome: Welcome): void {
    this.#resumeToken = welcome.resumeToken
    this.#change({ participants: welcome.participants.reduce(addParticipant, []) })
    this.#welcome.resolve(welcome)
    this.#greeted()
  }

  #resumed(present: Notifications['resumed']): void {
    this.#change({ captionsActive: present.captionsActive, speakers: [], troubles: [] })
    this.#changeParticipants((all) => keepPresent(all, present))
    this.#media?.reconcile(present)
    this.#greeted()
    this.#iceWatch.restart()
  }

  #greeted(): void {
    const greeting = this.#greeting
    this.#greeting = undefined
    greeting?.came()
    this.#watch()
  }

  #toMigrate(how: Notifications['migrate']): void {
    this.#migration = how
    if (this.#isEntered) this.#events.onMigrate(how)
  }

  async #openMedia(welcome: Welcome): Promise<void> {
    const { iceServers } = this.#answer
    const events = this.#mediaEvents()
    const media = await this.#environment.openMedia({ welcome, iceServers, request: this.request, events })
    if (this.#closed) media.close()
    else this.#media = media
  }

  #watch(): void {
    this.#liveness?.stop()
    if (this.#closed) return
    this.#liveness = watchLiveness({
      ping: () => this.request('ping', {}),
      onLost: () => {
        this.#signalling.disconnect()
        this.#broken(new CallError('connection_lost', 'The media node no longer answers.'))
      },
      timer: this.#environment.timer,
    })
  }

  #broken(error: CallError): void {
    this.#liveness?.stop()
    this.#iceWatch.pause()
    if (this.#greeting) this.#greeting.failed(error)
    else if (this.#isEntered) this.#events.onBroken(error)
    else this.#entering.reject(error)
  }

  #mediaEvents(): Parameters<Environment['openMedia']>[0]['events'] {
    return {
      onTrack: (description) => this.#changeParticipants((all) => addTrack(all, description)),
      onMedia: (consumerId, media) => this.#changeParticipants((all) => changeTrack(all, consumerId, { media })),
      onPublished: (published) => this.#change({ published }),
      onIce: (state) => this.#iceChanged(state),
      onFailure: (cause) => this.#mediaFailed(cause),
    }
  }

  #iceChanged(state: IceState): void {
    this.#change({ mediaConnection: state === 'connected' ? 'connected' : 'interrupted' })
    this.#iceWatch.changed(state)
  }

  #mediaFailed(cause: unknown): void {
    if (this.#closed) return
    const error = cause instanceof CallError ? cause : new CallError('internal', 'Media cannot go on.', { cause })
    if (this.#isEntered) this.#events.onMediaLost(error)
    else this.#entering.reject(error)
  }

  #removeConsumer(consumerId: string): void {
    this.#media?.removeConsumer(consumerId)
    this.#changeParticipants((all) => removeTrack(all, consumerId))
  }

  #change(part: Partial<ConnectionState>): void {
    this.state.set({ ...this.state.get(), ...part })
  }

  #changeParticipants(how: (participants: Participants) => Participants): void {
    this.#change({ participants: how(this.state.get().participants) })
  }
}
