import { createCipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto'

/**
 * The sending side of SRTP and SRTCP with AES_CM_128_HMAC_SHA1_80 (RFC 3711; RFC 5764 §4.1.2). It encrypts whatever it
 * is given, sound or not.
 */

export const PROFILE = 'SRTP_AES128_CM_SHA1_80'
export const KEY_BYTES = 16
export const SALT_BYTES = 14
/** How much an SRTP packet is longer than the RTP in it. */
export const TAG_BYTES = 10

const AUTH_KEY_BYTES = 20
const RTP_HEADER_BYTES = 12
const RTCP_CLEAR_BYTES = 8
const HALF_SEQUENCE = 0x8000
const SEQUENCES = 0x10000

export type MasterKey = { readonly key: Buffer; readonly salt: Buffer }

/** Key objects, since Node makes one of each key that is given as bytes, which takes longer than all the rest. */
type SessionKeys = { readonly key: KeyObject; readonly authKey: KeyObject; readonly salt: Buffer }

export class SrtpSender {
  readonly #rtp: SessionKeys
  readonly #rtcp: SessionKeys
  /** By SSRC, the packet index that the receiver has seen last in order. */
  readonly #highest = new Map<number, number>()
  #rtcpIndex = 0

  constructor(master: MasterKey) {
    this.#rtp = sessionKeys(master, 0)
    this.#rtcp = sessionKeys(master, 3)
  }

  /**
   * The packet encrypted and authenticated, so that a receiver takes it whose replay window still has room for its
   * sequence number. Bytes too short for an RTP header come back as they are.
   */
  protectRtp(packet: Buffer): Buffer {
    if (packet.byteLength < RTP_HEADER_BYTES) return packet
    const ssrc = packet.readUInt32BE(8)
    const index = guessedIndex(this.#highest.get(ssrc) ?? 0, packet.readUInt16BE(2))
    if (isTakenAsRtp(packet)) this.#highest.set(ssrc, Math.max(index, this.#highest.get(ssrc) ?? 0))
    const protectedPacket = Buffer.allocUnsafe(packet.byteLength + TAG_BYTES)
    encrypt(
      this.#rtp,
      { packet, clear: Math.min(headerBytes(packet), packet.byteLength), ssrc, index },
      protectedPacket,
    )
    const body = protectedPacket.subarray(0, packet.byteLength)
    const rollover = protectedPacket.subarray(packet.byteLength, packet.byteLength + 4)
    rollover.writeUInt32BE(Math.floor(index / SEQUENCES))
    tag(this.#rtp, protectedPacket.subarray(0, body.byteLength + 4)).copy(protectedPacket, packet.byteLength)
    return protectedPacket
  }

  /** The same for RTCP, where each packet has an index of its own, which never repeats. */
  protectRtcp(packet: Buffer): Buffer {
    if (packet.byteLength < RTCP_CLEAR_BYTES) return packet
    this.#rtcpIndex += 1
    const ssrc = packet.readUInt32BE(4)
    const protectedPacket = Buffer.allocUnsafe(packet.byteLength + 4 + TAG_BYTES)
    encrypt(this.#rtcp, { packet, clear: RTCP_CLEAR_BYTES, ssrc, index: this.#rtcpIndex }, protectedPacket)
    protectedPacket.writeUInt32BE((0x80000000 | this.#rtcpIndex) >>> 0, packet.byteLength)
    const body = protectedPacket.subarray(0, packet.byteLength + 4)
    tag(this.#rtcp, body).copy(protectedPacket, body.byteLength)
    return protectedPacket
  }

  /** To be called when the receiver begins this SSRC anew, as a worker does after a packet that it discarded. */
  forget(ssrc: number): void {
    this.#highest.delete(ssrc)
  }
}

/** The 48-bit index that the receiver will guess of a sequence number (RFC 3711 §3.3.1), as libsrtp does. */
function guessedIndex(highest: number, sequence: number): number {
  if (highest <= HALF_SEQUENCE) return sequence
  const last = highest % SEQUENCES
  const sameRollover = highest - last + sequence
  if (last < HALF_SEQUENCE && sequence - last > HALF_SEQUENCE) return sameRollover - SEQUENCES
  if (last >= HALF_SEQUENCE && last - HALF_SEQUENCE > sequence) return sameRollover + SEQUENCES
  return sameRollover
}

/** Whether the receiver's window moves: not by what it sorts out as RTCP (RFC 5761 §4) or what ends within its header. */
function isTakenAsRtp(packet: Buffer): boolean {
  const [first = 0, second = 0] = packet
  const isRtp = first >= 128 && first < 192 && (second < 192 || second > 223)
  return isRtp && headerBytes(packet) <= packet.byteLength
}

/** The encrypted part begins after the CSRCs and the header extension. */
function headerBytes(packet: Buffer): number {
  const first = packet.readUInt8(0)
  const extension = RTP_HEADER_BYTES + (first & 0x0f) * 4
  if ((first & 0x10) === 0) return extension
  if (extension + 4 > packet.byteLength) return extension + 4
  return extension + 4 + packet.readUInt16BE(extension + 2) * 4
}

type Plain = { readonly packet: Buffer; readonly clear: number; readonly ssrc: number; readonly index: number }

/** RFC 3711 §4.1.1. */
function encrypt({ key, salt }: SessionKeys, { packet, clear, ssrc, index }: Plain, into: Buffer): void {
  packet.copy(into, 0, 0, clear)
  if (clear === packet.byteLength) return
  const counter = Buffer.alloc(16)
  salt.copy(counter)
  counter.writeUInt32BE((counter.readUInt32BE(4) ^ ssrc) >>> 0, 4)
  counter.writeUInt16BE(counter.readUInt16BE(8) ^ Math.floor(index / 2 ** 32), 8)
  counter.writeUInt32BE((counter.readUInt32BE(10) ^ (index % 2 ** 32)) >>> 0, 10)
  createCipheriv('aes-128-ctr', key, counter).update(packet.subarray(clear)).copy(into, clear)
}

function tag({ authKey }: SessionKeys, bytes: Buffer): Buffer {
  return createHmac('sha1', authKey).update(bytes).digest().subarray(0, TAG_BYTES)
}

/** RFC 3711 §4.3; `label` is that of the cipher's key, those of the two others follow it. */
function sessionKeys(master: MasterKey, label: number): SessionKeys {
  return {
    key: createSecretKey(derived(master, label, KEY_BYTES)),
    authKey: createSecretKey(derived(master, label + 1, AUTH_KEY_BYTES)),
    salt: derived(master, label + 2, SALT_BYTES),
  }
}

function derived({ key, salt }: MasterKey, label: number, length: number): Buffer {
  const counter = Buffer.alloc(16)
  salt.copy(counter)
  counter.writeUInt8(counter.readUInt8(7) ^ label, 7)
  return createCipheriv('aes-128-ctr', key, counter).update(Buffer.alloc(length))
}
