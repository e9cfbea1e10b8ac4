import { createHmac, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { IceParameters } from '../../shared/protocol/transport.ts'

/** STUN (RFC 8489) as far as a controlling ICE agent (RFC 8445) needs it to reach an ICE-lite one. */

const BINDING_REQUEST = 0x0001
const BINDING_SUCCESS = 0x0101
const MAGIC_COOKIE = 0x2112a442
const HEADER_BYTES = 20
const TRANSACTION_BYTES = 12
const MESSAGE_INTEGRITY_BYTES = 24
const FINGERPRINT_BYTES = 8
/** RFC 8489 §14.7. */
const FINGERPRINT_XOR = 0x5354554e
const HIGHEST_PRIORITY = 0x6e7f1eff

const attribute = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  iceControlling: 0x802a,
} as const

/** Anybody's, since an ICE-lite agent sends no requests of its own. */
const OWN_FRAGMENT = 'raw'

export function newTransaction(): Buffer {
  return randomBytes(TRANSACTION_BYTES)
}

/** A request that nominates the pair it comes by (RFC 8445 §7.2.2). */
export function bindingRequest({ usernameFragment, password }: IceParameters, transaction: Buffer): Buffer {
  const attributes = Buffer.concat([
    encoded(attribute.username, Buffer.from(`${usernameFragment}:${OWN_FRAGMENT}`)),
    encoded(attribute.priority, uint32(HIGHEST_PRIORITY)),
    encoded(attribute.iceControlling, Buffer.alloc(8)),
    encoded(attribute.useCandidate, Buffer.alloc(0)),
  ])
  // Both sums cover the header, whose length must by then count the attribute that carries the sum.
  const signed = Buffer.concat([header(transaction, attributes.byteLength + MESSAGE_INTEGRITY_BYTES), attributes])
  const integrity = createHmac('sha1', password).update(signed).digest()
  const summed = Buffer.concat([signed, encoded(attribute.messageIntegrity, integrity)])
  summed.writeUInt16BE(summed.byteLength - HEADER_BYTES + FINGERPRINT_BYTES, 2)
  return Buffer.concat([summed, encoded(attribute.fingerprint, uint32((crc32(summed) ^ FINGERPRINT_XOR) >>> 0))])
}

/** The transaction that a Binding success response answers, in hexadecimal; undefined for anything else. */
export function answeredTransaction(packet: Buffer): string | undefined {
  const isAnswer = packet.byteLength >= HEADER_BYTES && packet.readUInt16BE(0) === BINDING_SUCCESS
  return isAnswer ? packet.toString('hex', 8, HEADER_BYTES) : undefined
}

function header(transaction: Buffer, length: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES)
  bytes.writeUInt16BE(BINDING_REQUEST, 0)
  bytes.writeUInt16BE(length, 2)
  bytes.writeUInt32BE(MAGIC_COOKIE, 4)
  transaction.copy(bytes, 8)
  return bytes
}

function encoded(type: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(4 + Math.ceil(value.byteLength / 4) * 4)
  bytes.writeUInt16BE(type, 0)
  bytes.writeUInt16BE(value.byteLength, 2)
  value.copy(bytes, 4)
  return bytes
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
