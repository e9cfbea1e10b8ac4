import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { Call } from '../../../client/sdk/call.ts'
import type { CallEvent } from '../../../client/sdk/call-event.ts'
import type { Environment } from '../../../client/sdk/environment.ts'
import type { JoinOptions } from '../../../client/sdk/join-options.ts'
import type { Ticket } from '../../../client/sdk/socket.ts'
import { runningTimer, watchPauses } from '../../../client/sdk/timer.ts'
import { type JoinAnswer, type JoinRequest, joinRequest } from '../../../shared/api.ts'
import type { ErrorCode } from '../../../shared/protocol/error-code.ts'
import type { Event, Notifications } from '../../../shared/protocol/messages.ts'
import { resumed, welcome } from './greetings.ts'
import { ManualTimer } from './manual-timer.ts'
import { ScriptedMedia } from './scripted-media.ts'
import { ScriptedSocket } from './scripted-socket.ts'

/** A page that runs gets its timers in time. */
const STEP_MS = 500

/** One WebSocket that the call opened, to which media node and with what. */
export class ScriptedConnection {
  readonly nodeId: string
  readonly ticket: Ticket
  readonly socket = new ScriptedSocket()

  constructor(url: string, ticket: Ticket) {
    this.nodeId = new URL(url).hostname
    this.ticket = ticket
  }

  notify<E extends Event>(event: E, data: Notifications[E]): void {
    this.socket.deliver({ event, data })
  }

  welcome(changes: Partial<Notifications['welcome']> = {}): void {
    this.socket.open()
    this.notify('welcome', welcome({ nodeId: this.nodeId, resumeToken: `resume-token-of-${this.nodeId}`, ...changes }))
  }

  resumed(changes: Partial<Notifications['resumed']> = {}): void {
    this.socket.open()
    this.notify('resumed', resumed(changes))
  }

  /** As a media node that died, or that cannot be reached. */
  break(): void {
    this.socket.break(1006, '')
  }

  /** As a media node that says why. */
  refuse(code: ErrorCode): void {
    this.socket.break(4400, code)
  }

  /** What was asked with a method, and its answer given. */
  answer(method: string, data: unknown): void {
    const request = this.socket.requests.findLast((each) => each.method === method)
    assert.ok(request, `nobody asked for ${method}`)
    this.socket.deliver({ id: request.id, data })
  }

  sent(method: string): readonly unknown[] {
    return this.socket.requests.filter((request) => request.method === method).map(({ data }) => data)
  }
}

/** Everything around a call, in the hands of the test: control plane, media nodes, WebRTC, time and network. */
export class ScriptedWorld {
  readonly clock = new ManualTimer()
  readonly connections: ScriptedConnection[] = []
  readonly media: ScriptedMedia[] = []
  readonly joins: JoinRequest[] = []
  /** What was read from the control plane: the address and the header `Authorization`. */
  readonly reads: (readonly [address: string, authorization: string | null])[] = []
  readonly events: CallEvent[] = []
  /** Which media node has the room, as the control plane says it; an error code when it refuses. */
  room: { readonly nodeId: string } | { readonly refusal: ErrorCode; readonly status: number } = { nodeId: 'node-1' }
  /** TURN servers that the control plane answers. */
  iceServers: JoinAnswer['iceServers'] = []
  /** Whether the machine has a network. */
  isOnline = true
  #networkListener: () => void = () => {}
  readonly #now = () => this.clock.now

  readonly environment: Environment = {
    fetch: async (address, init) => {
      if (init?.body === undefined) return this.#read(String(address), new Headers(init?.headers))
      return this.#join(joinRequest.parse(JSON.parse(String(init.body))))
    },
    openSocket: (url, ticket) => {
      const connection = new ScriptedConnection(url, ticket)
      this.connections.push(connection)
      return connection.socket
    },
    openMedia: async (options) => {
      const media = new ScriptedMedia(options)
      this.media.push(media)
      return media
    },
    preload: () => {},
    timer: runningTimer(this.clock.timer, this.#now),
    now: this.#now,
    random: () => 0,
    watchNetwork: (listener) => {
      this.#networkListener = listener
      return () => {
        this.#networkListener = () => {}
      }
    },
    isOnline: () => this.isOnline,
    watchPauses: (listener) => watchPauses(this.clock.timer, this.#now, listener),
  }

  /** The WebSocket that was opened last. */
  get connection(): ScriptedConnection {
    const connection = this.connections.at(-1)
    assert.ok(connection, 'no WebSocket was opened')
    return connection
  }

  /** The media that was opened last. */
  get latestMedia(): ScriptedMedia {
    const media = this.media.at(-1)
    assert.ok(media, 'no media was opened')
    return media
  }

  /** A call that has been welcomed. */
  async call(options: Partial<JoinOptions> = {}, others: Notifications['welcome']['participants'] = []): Promise<Call> {
    const joining = this.join(options)
    await this.settled()
    this.connection.welcome({ participants: others })
    const call = await joining
    await this.settled()
    call.on((event) => this.events.push(event))
    return call
  }

  join(options: Partial<JoinOptions> = {}): Promise<Call> {
    return Call.join({ api: 'http://x', roomId: 'r', displayName: 'Me', language: 'en', ...options }, this.environment)
  }

  /** Lets everything happen that needs no more from outside. */
  async settled(): Promise<void> {
    for (let round = 0; round < 3; round += 1) await setImmediate()
  }

  async passes(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= STEP_MS) this.clock.advance(Math.min(leftMs, STEP_MS))
    await this.settled()
  }

  /** The machine sleeps: time passes, and each timer that is due meanwhile comes once and late. */
  async sleeps(ms: number): Promise<void> {
    this.clock.advance(ms)
    await this.settled()
  }

  async networkChanges(isOnline = true): Promise<void> {
    this.isOnline = isOnline
    this.#networkListener()
    await this.settled()
  }

  #read(address: string, headers: Headers): Response {
    this.reads.push([address, headers.get('authorization')])
    return new Response('WEBVTT')
  }

  async #join(request: JoinRequest): Promise<Response> {
    this.joins.push(request)
    const { room } = this
    if ('refusal' in room) {
      const { status, refusal: code } = room
      const body = { type: 'about:blank', title: code, status, detail: code, code, requestId: 'r' }
      return Response.json(body, { status })
    }
    return Response.json({
      token: `token-${this.joins.length}`,
      url: `ws://${room.nodeId}:1/`,
      nodeId: room.nodeId,
      epoch: 1,
      participantId: 'me',
      rejoinToken: `rejoin-token-${this.joins.length}`,
      expiresAt: 1,
      iceServers: this.iceServers,
    })
  }
}
