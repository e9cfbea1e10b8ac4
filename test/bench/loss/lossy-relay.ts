import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { LossyDirection } from './lossy-direction.ts'
import type { WireCondition } from './wire-condition.ts'

export type RelayOptions = {
  /** Where clients send to and where that is passed on to; both have the same port. */
  readonly listenIp: string
  readonly targetIp: string
  readonly port: number
  /** One way. */
  readonly delayMs: number
  readonly condition: WireCondition
}

/** What became of the RTP packets of one SSRC on their way in, however often each was sent. */
export type WireTally = { sent: number; lost: number }

const SEED = 5
const MAX_CLIENTS = 64

/** A wire between the clients and a media worker that delays, mixes up and loses packets, both ways alike. */
export class LossyRelay {
  condition: WireCondition
  readonly #options: RelayOptions
  readonly #socket = createSocket('udp4')
  readonly #upstreams = new Map<string, Promise<Socket>>()
  readonly #tallies = new Map<number, WireTally>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #in: LossyDirection
  readonly #out: LossyDirection

  private constructor(options: RelayOptions) {
    this.#options = options
    this.condition = options.condition
    this.#in = new LossyDirection(SEED, options.delayMs)
    this.#out = new LossyDirection(SEED + 1, options.delayMs)
  }

  static async open(options: RelayOptions): Promise<LossyRelay> {
    const relay = new LossyRelay(options)
    relay.#socket.on('message', (packet, { address, port }) => relay.#fromClient(packet, address, port))
    relay.#socket.bind(options.port, options.listenIp)
    await once(relay.#socket, 'listening')
    return relay
  }

  tally(ssrc: number): Readonly<WireTally> {
    return { ...(this.#tallies.get(ssrc) ?? { sent: 0, lost: 0 }) }
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    const upstreams = await Promise.all(this.#upstreams.values())
    for (const socket of [this.#socket, ...upstreams]) socket.close()
  }

  async #fromClient(packet: Buffer, address: string, port: number): Promise<void> {
    const delay = this.#in.next(this.condition, performance.now())
    this.#count(packet, delay === undefined)
    const upstream = await this.#upstream(address, port)
    if (delay !== undefined) this.#later(delay, () => upstream?.send(packet))
  }

  #upstream(address: string, port: number): Promise<Socket> | undefined {
    const client = `${address}:${port}`
    const known = this.#upstreams.get(client)
    if (known !== undefined || this.#upstreams.size >= MAX_CLIENTS) return known
    const opening = this.#connect(address, port)
    this.#upstreams.set(client, opening)
    return opening
  }

  async #connect(address: string, port: number): Promise<Socket> {
    const socket = createSocket('udp4')
    // Nobody listens yet, or no more: a client tries again.
    socket.on('error', () => undefined)
    socket.on('message', (packet) => {
      const delay = this.#out.next(this.condition, performance.now())
      if (delay !== undefined) this.#later(delay, () => this.#socket.send(packet, port, address))
    })
    socket.connect(this.#options.port, this.#options.targetIp)
    await once(socket, 'connect')
    return socket
  }

  #later(delayMs: number, task: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      task()
    }, delayMs)
    this.#timers.add(timer)
  }

  #count(packet: Buffer, lost: boolean): void {
    const ssrc = ssrcOf(packet)
    if (ssrc === undefined) return
    const tally = this.#tallies.get(ssrc) ?? { sent: 0, lost: 0 }
    this.#tallies.set(ssrc, { sent: tally.sent + 1, lost: tally.lost + (lost ? 1 : 0) })
  }
}

/** Of an RTP packet, encrypted or not; undefined of RTCP, STUN and DTLS (RFC 7983, RFC 5761 §4). */
function ssrcOf(packet: Buffer): number | undefined {
  const [first = 0, second = 0] = packet
  const isRtp = packet.length >= 12 && first >= 128 && first < 192 && (second < 192 || second > 223)
  return isRtp ? packet.readUInt32BE(8) : undefined
}
