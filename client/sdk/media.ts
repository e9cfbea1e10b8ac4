import type { Device, types } from 'mediasoup-client'
import { CallError } from '../../shared/protocol/error-code.ts'
import type { Notifications } from '../../shared/protocol/messages.ts'
import type { TransportDescription } from '../../shared/protocol/rtp.ts'
import type { CallState, MediaConnection } from './call-state.ts'
import { linkTransport } from './link-transport.ts'
import { Receiver, type ReceiverEvents } from './receiver.ts'
import { Sender } from './sender.ts'
import type { Signalling } from './signalling.ts'

export type MediaEvents = ReceiverEvents & {
  readonly onPublished: (published: CallState['published']) => void
  readonly onConnection: (connection: MediaConnection) => void
  /** Media cannot go on. */
  readonly onFailure: (cause: unknown) => void
}

type Direction = 'send' | 'receive'

/** What one participant sends and receives; it owns both. Receiving begins at once, sending right after it. */
export class Media {
  readonly sender: Sender
  readonly receiver: Receiver
  readonly #request: Signalling['request']
  readonly #iceServers: readonly RTCIceServer[]
  readonly #events: MediaEvents
  readonly #connectionStates = new Map<Direction, types.ConnectionState>()

  constructor(options: {
    device: Device
    welcome: Notifications['welcome']
    iceServers: readonly RTCIceServer[]
    request: Signalling['request']
    events: MediaEvents
  }) {
    const { device, welcome, request, events } = options
    this.#request = request
    this.#iceServers = options.iceServers
    this.#events = events
    this.receiver = new Receiver({
      transport: this.#link('receive', device.createRecvTransport(this.#transportOptions(welcome.receiveTransport))),
      request,
      events,
    })
    const receiving = this.receiver.start(device.recvRtpCapabilities)
    receiving.catch(events.onFailure)
    this.sender = new Sender({
      transport: this.#link('send', device.createSendTransport(this.#transportOptions(welcome.sendTransport))),
      request,
      onChange: events.onPublished,
      turn: receiving,
    })
  }

  /** WebRTC's own statistics, per direction. */
  async getStats(): Promise<Record<Direction, RTCStatsReport>> {
    const [send, receive] = await Promise.all([this.sender.getStats(), this.receiver.getStats()])
    return { send, receive }
  }

  close(): void {
    this.sender.close()
    this.receiver.close()
  }

  #transportOptions({ transportId, ...parameters }: TransportDescription): types.TransportOptions {
    return { id: transportId, iceServers: [...this.#iceServers], ...parameters }
  }

  #link(direction: Direction, transport: types.Transport): types.Transport {
    return linkTransport(transport, this.#request, {
      onConnectionState: (state) => this.#connectionChanged(direction, state),
      onFailure: this.#events.onFailure,
    })
  }

  #connectionChanged(direction: Direction, state: types.ConnectionState): void {
    this.#connectionStates.set(direction, state)
    const states = [...this.#connectionStates.values()]
    if (state === 'failed') {
      this.#events.onFailure(new CallError('connection_lost', 'Audio and video cannot get through.'))
    } else if (states.includes('disconnected')) this.#events.onConnection('interrupted')
    else if (states.includes('connected')) this.#events.onConnection('connected')
  }
}
