import type { TransportDescription } from '../../shared/protocol/transport.ts'
import type { TestClient } from '../integration/media-node/test-client.ts'
import { within } from '../integration/media-node/until.ts'
import { DtlsHandshake, ownCertificate } from './dtls-client.ts'
import { type MediaWire, openWire, type Protocol } from './media-wire.ts'
import { SrtpSender } from './srtp.ts'
import { answeredTransaction, bindingRequest, newTransaction } from './stun.ts'

/** The first time-out of STUN (RFC 8489 §6.2.1). */
const RETRANSMIT_MS = 500

export type RawTransportOptions = {
  /** Who has the transport, and connects it by signalling. */
  readonly client: TestClient
  readonly description: TransportDescription
  readonly protocol?: Protocol
  /** Takes each SRTP and SRTCP packet that comes, still encrypted. */
  readonly received?: (packet: Buffer) => void
}

/**
 * A WebRtcTransport of a media node, reached as a browser reaches it (ICE, DTLS, SRTP), by which anything can be sent:
 *
 *     const { welcome, client } = await node.join()
 *     const transport = await RawTransport.connect({ client, description: welcome.sendTransport })
 *     transport.sendRtp(bytes)
 *     await transport.handled()
 *     transport.close()
 */
export class RawTransport {
  readonly #wire: MediaWire
  readonly #description: TransportDescription
  readonly #srtp: SrtpSender
  readonly #inbox: Inbox

  /** @throws Error when the media node refuses it, or does not answer within the patience of tests */
  static async connect({
    client,
    description,
    protocol = 'udp',
    received,
  }: RawTransportOptions): Promise<RawTransport> {
    const candidate = description.iceCandidates.find((offered) => offered.protocol === protocol)
    if (candidate === undefined) throw new Error(`the transport has no candidate for ${protocol}`)
    const inbox = new Inbox(received)
    const wire = await openWire(candidate, (packet) => inbox.take(packet))
    try {
      const { transportId } = description
      const { fingerprint: value } = await ownCertificate()
      const dtlsParameters = { role: 'client' as const, fingerprints: [{ algorithm: 'sha-256' as const, value }] }
      await client.request('connect-transport', { transportId, dtlsParameters })
      await nominate({ wire, description, inbox })
      const srtp = new SrtpSender(await shakeHands(wire, inbox))
      return new RawTransport({ wire, description, srtp, inbox })
    } catch (error) {
      wire.close()
      throw error
    }
  }

  private constructor(parts: { wire: MediaWire; description: TransportDescription; srtp: SrtpSender; inbox: Inbox }) {
    this.#wire = parts.wire
    this.#description = parts.description
    this.#srtp = parts.srtp
    this.#inbox = parts.inbox
  }

  /** Sends any bytes as the plaintext of an SRTP packet that is encrypted and authenticated as it should be. */
  sendRtp(bytes: Buffer): void {
    this.#wire.send(this.#srtp.protectRtp(bytes))
  }

  /** The same for SRTCP. */
  sendRtcp(bytes: Buffer): void {
    this.#wire.send(this.#srtp.protectRtcp(bytes))
  }

  /** Sends these bytes as they are. */
  sendPlain(bytes: Buffer): void {
    this.#wire.send(bytes)
  }

  /** Counts an SSRC's sequence numbers from none again, as a worker does once it has discarded a packet of it. */
  forget(ssrc: number): void {
    this.#srtp.forget(ssrc)
  }

  /**
   * Resolves when the worker has handled all that was sent before; the kernel drops UDP packets of which it holds more
   * than about a hundred. Keeps the transport's consent fresh too (RFC 7675).
   *
   * @throws Error when the worker does not answer within the patience of tests
   */
  async handled(): Promise<void> {
    await this.#wire.drained()
    await nominate({ wire: this.#wire, description: this.#description, inbox: this.#inbox })
  }

  close(): void {
    this.#wire.close()
  }
}

/** Sorts what comes by its first byte (RFC 7983). */
class Inbox {
  readonly #media: ((packet: Buffer) => void) | undefined
  readonly #answers = new Map<string, () => void>()
  #handshake: DtlsHandshake | undefined

  constructor(media: ((packet: Buffer) => void) | undefined) {
    this.#media = media
  }

  set handshake(handshake: DtlsHandshake) {
    this.#handshake = handshake
  }

  /** Calls `answered` when the answer to this transaction comes; the caller calls the result when it waits no longer. */
  expect(transaction: Buffer, answered: () => void): () => void {
    const key = transaction.toString('hex')
    this.#answers.set(key, answered)
    return () => this.#answers.delete(key)
  }

  take(packet: Buffer): void {
    const first = packet[0] ?? 0
    if (first < 20) this.#answers.get(answeredTransaction(packet) ?? '')?.()
    else if (first < 64) this.#handshake?.received(packet)
    else if (first >= 128) this.#media?.(packet)
  }
}

type Way = { readonly wire: MediaWire; readonly description: TransportDescription; readonly inbox: Inbox }

/** Makes the way that the wire takes the transport's selected pair. */
async function nominate({ wire, description, inbox }: Way): Promise<void> {
  const transaction = newTransaction()
  const { promise, resolve } = Promise.withResolvers<void>()
  const forget = inbox.expect(transaction, resolve)
  const ask = () => wire.send(bindingRequest(description.iceParameters, transaction))
  const again = setInterval(ask, RETRANSMIT_MS)
  try {
    ask()
    await within('the answer to a STUN request', promise)
  } finally {
    clearInterval(again)
    forget()
  }
}

async function shakeHands(wire: MediaWire, inbox: Inbox): ReturnType<() => DtlsHandshake['clientKey']> {
  const handshake = await DtlsHandshake.start((packet) => wire.send(packet))
  inbox.handshake = handshake
  try {
    return await handshake.clientKey
  } finally {
    handshake.close()
  }
}
