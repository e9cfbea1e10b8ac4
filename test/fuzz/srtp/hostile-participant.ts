import type { MediaKind } from '../../../shared/protocol/rtp.ts'
import type { Joined } from '../../integration/media-node/test-node.ts'
import type { Protocol } from '../../raw-media/media-wire.ts'
import { RawTransport } from '../../raw-media/raw-transport.ts'
import { SeededRandom } from '../../seeded-random.ts'
import { announcement, type Stream } from './legal-streams.ts'
import { plainKinds } from './plain-packets.ts'
import { rtcpKinds } from './rtcp-packets.ts'
import { rtpKinds } from './rtp-packets.ts'
import { Sequences } from './sequences.ts'

/** What goes by UDP at once must fit into the worker's socket with what the others send. */
const BATCH = { udp: 24, tcp: 200 } as const
const ANNOUNCEMENTS = 4
const REMEMBERED = 400
/** SSRCs of others that are remembered, the newest ones. */
const KNOWN = 12
/** TCP carries more (RFC 4571), and the worker's buffer for UDP is as large. */
const LONGEST = 65_000

const RTP_HEADER_BYTES = 12
const RTP_SHARE = 0.6
const PLAIN_SHARE = 0.05

export type SentPacket = { readonly kind: string; readonly by: 'sending' | 'receiving'; readonly bytes: Buffer }

/** What all hostile participants have done. */
export type HostileTally = {
  readonly packets: Record<string, number>
  announced: number
  /** Announcements that the media node did not take. */
  refused: number
}

export type HostileOptions = {
  readonly joined: Joined
  readonly protocol: Protocol
  readonly seed: number
  /** SSRCs of everybody in the room, to which this participant adds its own. */
  readonly known: number[]
  readonly tally: HostileTally
}

type Transports = { readonly sending: RawTransport; readonly receiving: RawTransport }

/** A participant who announces what may be announced and then sends anything. */
export class HostileParticipant {
  readonly #options: HostileOptions
  readonly #random: SeededRandom
  readonly #transports: Transports
  readonly #streams: Stream[] = []
  readonly #sequences = new Sequences()
  readonly #received: number[]
  readonly #recent: SentPacket[] = []

  static async enter(options: HostileOptions): Promise<HostileParticipant> {
    const { client, welcome } = options.joined
    using opened = new DisposableStack()
    const connect = async (description: typeof welcome.sendTransport) => {
      const transport = await RawTransport.connect({ client, description, protocol: options.protocol })
      opened.defer(() => transport.close())
      return transport
    }
    const sending = await connect(welcome.sendTransport)
    const receiving = await connect(welcome.receiveTransport)
    const participant = new HostileParticipant(options, { sending, receiving })
    await participant.#announce('audio')
    await participant.#announce('video')
    opened.move()
    return participant
  }

  private constructor(options: HostileOptions, transports: Transports) {
    this.#options = options
    this.#random = new SeededRandom(options.seed)
    this.#transports = transports
    this.#received = options.joined.consumers.flatMap(({ rtpParameters }) => ssrcsOf(rtpParameters))
  }

  /** The last packets, oldest first. */
  get recent(): readonly SentPacket[] {
    return this.#recent
  }

  /** Sends one batch and waits until the worker has handled it. @returns the number of packets */
  async attack(): Promise<number> {
    await this.#takeUpConsumers()
    const { protocol } = this.#options
    for (let sent = 0; sent < BATCH[protocol]; sent++) this.#sendOne()
    await Promise.all([this.#transports.sending.handled(), this.#transports.receiving.handled()])
    return BATCH[protocol]
  }

  close(): void {
    this.#transports.sending.close()
    this.#transports.receiving.close()
    this.#options.joined.client.socket.terminate()
  }

  /** Where a media node refuses one set of parameters, another one is tried. */
  async #announce(kind: MediaKind): Promise<void> {
    for (let tries = 0; tries < ANNOUNCEMENTS; tries++) {
      const { rtpParameters, streams } = announcement(this.#random, kind, this.#sequences)
      const source = kind === 'audio' ? ('microphone' as const) : ('camera' as const)
      const taken = await this.#options.joined.client.request('produce', { kind, source, rtpParameters }).catch(refused)
      const { tally } = this.#options
      tally.announced += 1
      if (taken === undefined) {
        tally.refused += 1
        continue
      }
      this.#streams.push(...streams)
      this.#options.known.push(...streams.map(({ ssrc }) => ssrc))
      this.#options.known.splice(0, this.#options.known.length - KNOWN)
      return
    }
  }

  /** Has the media of those flow who came meanwhile, and learns their SSRCs. */
  async #takeUpConsumers(): Promise<void> {
    const { client } = this.#options.joined
    while (client.inbox.some(({ event }) => event === 'consumer-created')) {
      const { consumerId, rtpParameters } = await client.next('consumer-created')
      this.#received.push(...ssrcsOf(rtpParameters))
      this.#received.splice(0, this.#received.length - KNOWN)
      await client.request('resume-consumer', { consumerId }).catch(refused)
    }
    client.inbox.length = 0
  }

  #sendOne(): void {
    const share = this.#random.next()
    const [first, ...others] = this.#streams
    if (share < PLAIN_SHARE) this.#sendPlain()
    else if (share < RTP_SHARE && first !== undefined) this.#sendRtp(this.#random.pick(first, ...others))
    else this.#sendRtcp()
  }

  #sendPlain(): void {
    const random = this.#random
    const { welcome } = this.#options.joined
    const [kind, make] = chosen(random, plainKinds)
    const bytes = make({ random, description: welcome.sendTransport })
    this.#remember({ kind, by: 'sending', bytes })
    this.#transports.sending.sendPlain(bytes)
  }

  #sendRtp(stream: Stream): void {
    const [kind, make] = chosen(this.#random, rtpKinds)
    const bytes = make({ random: this.#random, stream, others: this.#options.known }).subarray(0, LONGEST)
    this.#remember({ kind, by: 'sending', bytes })
    this.#transports.sending.sendRtp(bytes)
    if (bytes.byteLength >= RTP_HEADER_BYTES) this.#noteSent(stream, bytes)
  }

  #sendRtcp(): void {
    const by = this.#random.pick('sending', 'receiving')
    const sent = by === 'sending' ? this.#streams.map(({ ssrc }) => ssrc) : []
    const received = by === 'receiving' ? this.#received : []
    const [kind, make] = chosen(this.#random, rtcpKinds)
    const bytes = make({ random: this.#random, sent, received }).subarray(0, LONGEST)
    this.#remember({ kind, by, bytes })
    this.#transports[by].sendRtcp(bytes)
  }

  /** Where the worker knows neither the stream nor what it carries, it forgets the SSRC, and so must its sender. */
  #noteSent(stream: Stream, bytes: Buffer): void {
    const ssrc = bytes.readUInt32BE(8)
    const payloadType = bytes.readUInt8(1) & 0x7f
    this.#sequences.sent(ssrc, bytes.readUInt16BE(2))
    const isUnknownType = payloadType !== stream.payloadType && payloadType !== stream.rtx?.payloadType
    if (isUnknownType || !this.#sequences.has(ssrc)) this.#transports.sending.forget(ssrc)
  }

  #remember(packet: SentPacket): void {
    const { packets } = this.#options.tally
    packets[packet.kind] = (packets[packet.kind] ?? 0) + 1
    this.#recent.push(packet)
    if (this.#recent.length > REMEMBERED) this.#recent.shift()
  }
}

function chosen<T>(random: SeededRandom, kinds: Readonly<Record<string, T>>): [string, T] {
  const [first, ...others] = Object.entries(kinds)
  if (first === undefined) throw new Error('there are no kinds')
  return random.pick(first, ...others)
}

function ssrcsOf({ encodings = [] }: Joined['consumers'][number]['rtpParameters']): number[] {
  return encodings.flatMap(({ ssrc, rtx }) => [ssrc, rtx?.ssrc].filter((number) => number !== undefined))
}

function refused(): undefined {
  return undefined
}
