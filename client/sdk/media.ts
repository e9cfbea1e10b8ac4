import type { Device, types } from 'mediasoup-client'
import type { Notifications, Source } from '../../shared/protocol/messages.ts'
import type { TransportDescription } from '../../shared/protocol/transport.ts'
import type { CallState } from './call-state.ts'
import { linkTransport } from './link-transport.ts'
import type { MediaOptions } from './open-media.ts'
import { Receiver, type ReceiverEvents } from './receiver.ts'
import { Sender } from './sender.ts'
import type { Request } from './signalling.ts'

/** Whether both directions get through; `failed` does not come back by itself. */
export type IceState = 'connected' | 'interrupted' | 'failed'

export type MediaEvents = ReceiverEvents & {
  readonly onPublished: (published: CallState['published']) => void
  readonly onIce: (state: IceState) => void
  /** Media cannot go on. */
  readonly onFailure: (cause: unknown) => void
}

type Direction = 'send' | 'receive'

/** What one participant sends and receives; it owns both. Receiving begins at once, sending right after it. */
export class Media {
  readonly #sender: Sender
  readonly #receiver: Receiver
  readonly #request: Request
  readonly #iceServers: readonly RTCIceServer[]
  readonly #events: MediaEvents
  readonly #transports: readonly types.Transport[]
  readonly #connectionStates = new Map<Direction, types.ConnectionState>()

  constructor(options: MediaOptions & { device: Device }) {
    const { device, welcome, request, events } = options
    this.#request = request
    this.#iceServers = options.iceServers
    this.#events = events
    const receive = this.#link('receive', device.createRecvTransport(this.#transportOptions(welcome.receiveTransport)))
    const send = this.#link('send', device.createSendTransport(this.#transportOptions(welcome.sendTransport)))
    this.#transports = [receive, send]
    this.#receiver = new Receiver({ transport: receive, request, events })
    const receiving = this.#receiver.start(device.recvRtpCapabilities)
    receiving.catch(events.onFailure)
    this.#sender = new Sender({ transport: send, request, onChange: events.onPublished, turn: receiving })
  }

  publish(source: Source, track: MediaStreamTrack): Promise<void> {
    return this.#sender.publish(source, track)
  }

  unpublish(source: Source): Promise<void> {
    return this.#sender.unpublish(source)
  }

  setMuted(source: Source, muted: boolean): Promise<void> {
    return this.#sender.setMuted(source, muted)
  }

  addConsumer(description: Notifications['consumer-created']): void {
    // Fails only if the track or the call has ended meanwhile, and then there is nothing left to do for it.
    this.#receiver.add(description).catch(() => {})
  }

  removeConsumer(consumerId: string): void {
    this.#receiver.remove(consumerId)
  }

  reconcile({ consumers, producers }: Pick<Notifications['resumed'], 'consumers' | 'producers'>): void {
    for (const lost of this.#receiver.unlisted(consumers)) this.#receiver.remove(lost)
    for (const description of consumers) this.addConsumer(description)
    this.#sender.reconcile(producers)
  }

  async restartIce(): Promise<void> {
    await Promise.all(this.#transports.map((transport) => this.#restart(transport)))
  }

  async getStats(): Promise<Record<Direction, RTCStatsReport>> {
    const [send, receive] = await Promise.all([this.#sender.getStats(), this.#receiver.getStats()])
    return { send, receive }
  }

  close(): void {
    this.#sender.close()
    this.#receiver.close()
  }

  /** One that has not begun to connect has nothing to restart. */
  async #restart(transport: types.Transport): Promise<void> {
    if (transport.closed || transport.connectionState === 'new') return
    const { iceParameters } = await this.#request('restart-ice', { transportId: transport.id })
    if (!transport.closed) await transport.restartIce({ iceParameters })
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
    if (states.includes('failed')) this.#events.onIce('failed')
    else if (states.includes('disconnected')) this.#events.onIce('interrupted')
    else if (states.includes('connected') && !states.includes('connecting')) this.#events.onIce('connected')
  }
}
