import { createHash, createHmac, randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv4, type SocketAddress } from 'node:net'

const ANSWER_DEADLINE_MS = 20_000
/** A datagram may be lost; the server answers a repeated request as it answered the first (RFC 8489 §6.3.1). */
const REPEAT_MS = 200
const COOKIE = Buffer.from([0x21, 0x12, 0xa4, 0x42])
const HEADER_BYTES = 20
const INTEGRITY_BYTES = 24

/** RFC 8489 §18.2, RFC 8656 §17 and §18. */
const METHOD = { allocate: 0x003, refresh: 0x004, createPermission: 0x008 } as const
const ATTRIBUTE = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  lifetime: 0x000d,
  xorPeerAddress: 0x0012,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedAddressFamily: 0x0017,
  requestedTransport: 0x0019,
} as const
const ERROR_CLASS = 0x0110
const FAMILY = { ipv4: 0x01, ipv6: 0x02 } as const
const TRANSPORT = { udp: 17, tcp: 6 } as const

type Attribute = readonly [type: number, value: Buffer]
/** Addresses are written with a request's transaction id. */
type Attributes = (transaction: Buffer) => readonly Attribute[]
type Answer = { readonly error: number | undefined; readonly attributes: ReadonlyMap<number, Buffer> }

export type Credentials = { readonly username: string; readonly credential: string }
export type Allocation = {
  /** The error code of RFC 8656 §19, or undefined where there is a relay. */
  readonly error: number | undefined
  readonly relayedAddress: string | undefined
}

/** A client of a TURN server by UDP (RFC 8656), which asks for what a browser never would as well. */
export class TurnClient {
  readonly #socket: Socket
  readonly #server: SocketAddress
  readonly #credentials: Credentials
  #realm = ''
  #nonce = ''

  constructor(server: SocketAddress, credentials: Credentials) {
    this.#server = server
    this.#credentials = credentials
    this.#socket = createSocket(server.family === 'ipv6' ? 'udp6' : 'udp4')
  }

  /** Asks for a relay; a client has one at most. */
  async allocate(
    options: { transport?: keyof typeof TRANSPORT; family?: keyof typeof FAMILY } = {},
  ): Promise<Allocation> {
    const { transport = 'udp', family = 'ipv4' } = options
    const { error, attributes } = await this.#authenticated(METHOD.allocate, () => [
      [ATTRIBUTE.requestedTransport, Buffer.from([TRANSPORT[transport], 0, 0, 0])],
      [ATTRIBUTE.requestedAddressFamily, Buffer.from([FAMILY[family], 0, 0, 0])],
    ])
    const relayed = attributes.get(ATTRIBUTE.xorRelayedAddress)
    return { error, relayedAddress: relayed && ipv4Of(relayed) }
  }

  /** Whether the relay sends to this address: undefined, or the error code of the refusal. */
  async permit(address: string): Promise<number | undefined> {
    const peer: Attributes = (transaction) => [[ATTRIBUTE.xorPeerAddress, xored(address, transaction)]]
    return (await this.#authenticated(METHOD.createPermission, peer)).error
  }

  /** Keeps the relay for another `seconds`. */
  async refresh(seconds: number): Promise<number | undefined> {
    const lifetime = Buffer.alloc(4)
    lifetime.writeUInt32BE(seconds)
    return (await this.#authenticated(METHOD.refresh, () => [[ATTRIBUTE.lifetime, lifetime]])).error
  }

  close(): void {
    this.#socket.close()
  }

  /** The server says its realm and nonce by refusing the first request (RFC 8489 §9.2.3). */
  async #authenticated(method: number, attributes: Attributes): Promise<Answer> {
    const first = await this.#request(method, attributes)
    const [realm, nonce] = [first.attributes.get(ATTRIBUTE.realm), first.attributes.get(ATTRIBUTE.nonce)]
    if ((first.error !== 401 && first.error !== 438) || !realm || !nonce) return first
    const isNew = nonce.toString() !== this.#nonce
    this.#realm = realm.toString()
    this.#nonce = nonce.toString()
    return isNew ? this.#request(method, attributes) : first
  }

  async #request(method: number, attributes: Attributes): Promise<Answer> {
    const transaction = randomBytes(12)
    const message = this.#message(method, transaction, attributes(transaction))
    const { address, port } = this.#server
    const send = () => this.#socket.send(message, port, address)
    const repeating = setInterval(send, REPEAT_MS)
    const signal = AbortSignal.timeout(ANSWER_DEADLINE_MS)
    try {
      send()
      for (;;) {
        const [answer] = await once(this.#socket, 'message', { signal })
        if (Buffer.isBuffer(answer) && answer.subarray(8, HEADER_BYTES).equals(transaction)) return parsed(answer)
      }
    } finally {
      clearInterval(repeating)
    }
  }

  #message(method: number, transaction: Buffer, attributes: readonly Attribute[]): Buffer {
    const header = Buffer.concat([Buffer.alloc(4), COOKIE])
    header.writeUInt16BE(method)
    const known: readonly Attribute[] = [
      [ATTRIBUTE.username, Buffer.from(this.#credentials.username)],
      [ATTRIBUTE.realm, Buffer.from(this.#realm)],
      [ATTRIBUTE.nonce, Buffer.from(this.#nonce)],
    ]
    const isAuthenticated = this.#nonce !== ''
    const body = Buffer.concat([...attributes, ...(isAuthenticated ? known : [])].map(encoded))
    header.writeUInt16BE(body.length + (isAuthenticated ? INTEGRITY_BYTES : 0), 2)
    const message = Buffer.concat([header, transaction, body])
    if (!isAuthenticated) return message
    const { username, credential } = this.#credentials
    const key = createHash('md5').update(`${username}:${this.#realm}:${credential}`).digest()
    const integrity = createHmac('sha1', key).update(message).digest()
    return Buffer.concat([message, encoded([ATTRIBUTE.messageIntegrity, integrity])])
  }
}

function encoded([type, value]: Attribute): Buffer {
  const header = Buffer.alloc(4)
  header.writeUInt16BE(type)
  header.writeUInt16BE(value.length, 2)
  return Buffer.concat([header, value, Buffer.alloc(-value.length & 3)])
}

function parsed(message: Buffer): Answer {
  const attributes = new Map<number, Buffer>()
  for (let at = HEADER_BYTES; at + 4 <= message.length; ) {
    const length = message.readUInt16BE(at + 2)
    attributes.set(message.readUInt16BE(at), message.subarray(at + 4, at + 4 + length))
    at += 4 + length + (-length & 3)
  }
  const code = attributes.get(ATTRIBUTE.errorCode)
  const isError = (message.readUInt16BE() & ERROR_CLASS) === ERROR_CLASS
  return { error: isError && code ? code.readUInt8(2) * 100 + code.readUInt8(3) : undefined, attributes }
}

/** XOR-PEER-ADDRESS with port 0 (RFC 8489 §14.2). */
function xored(address: string, transaction: Buffer): Buffer {
  const mask = Buffer.concat([COOKIE, transaction])
  const bytes = isIPv4(address) ? Buffer.from(address.split('.').map(Number)) : ipv6Bytes(address)
  const family = bytes.length === 4 ? FAMILY.ipv4 : FAMILY.ipv6
  return Buffer.from([0, family, ...COOKIE.subarray(0, 2), ...bytes.map((byte, index) => byte ^ mask.readUInt8(index))])
}

function ipv6Bytes(address: string): Buffer {
  const [head = '', tail = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const [first, last] = [head, tail].map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: 8 - (first?.length ?? 0) - (last?.length ?? 0) }, () => '0')
  const groups = [...(first ?? []), ...zeros, ...(last ?? [])].map((group) => Number.parseInt(group, 16))
  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 255]))
}

function ipv4Of(value: Buffer): string {
  return [...COOKIE].map((byte, index) => byte ^ value.readUInt8(4 + index)).join('.')
}
