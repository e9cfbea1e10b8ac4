/** An RTP packet; `payload` is a view into the bytes it was read from. */
export type RtpPacket = {
  readonly sequenceNumber: number
  readonly timestamp: number
  readonly ssrc: number
  readonly payload: Uint8Array
  /** RFC 6464: 0 is the loudest, 127 is silence (−127 dBov). */
  readonly audioLevel: number | undefined
}

const FIXED_HEADER_BYTES = 12
const ONE_BYTE_PROFILE = 0xbede
const TWO_BYTE_PROFILE = 0x100
const RESERVED_ONE_BYTE_ID = 15

type Extensions = { readonly end: number; readonly audioLevel: number | undefined }

/**
 * Reads a packet of RFC 3550 §5.1 with the header extensions of RFC 8285.
 * Returns undefined when a length in it points past its end: such a packet is not RTP, or somebody lies.
 */
export function parseRtpPacket(bytes: Uint8Array, audioLevelId: number | undefined): RtpPacket | undefined {
  if (bytes.length < FIXED_HEADER_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const first = view.getUint8(0)
  if (first >> 6 !== 2) return undefined

  const extensionsStart = FIXED_HEADER_BYTES + 4 * (first & 0x0f)
  const extensions =
    (first & 0x10) === 0
      ? { end: extensionsStart, audioLevel: undefined }
      : parseExtensions(view, extensionsStart, audioLevelId)
  if (extensions === undefined) return undefined

  const padding = (first & 0x20) === 0 ? 0 : view.getUint8(bytes.length - 1)
  const payloadEnd = bytes.length - padding
  const paddingLies = (first & 0x20) !== 0 && padding === 0
  if (paddingLies || payloadEnd < extensions.end) return undefined

  return {
    sequenceNumber: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    payload: bytes.subarray(extensions.end, payloadEnd),
    audioLevel: extensions.audioLevel,
  }
}

function parseExtensions(view: DataView, start: number, audioLevelId: number | undefined): Extensions | undefined {
  if (start + 4 > view.byteLength) return undefined
  const profile = view.getUint16(start)
  const end = start + 4 + 4 * view.getUint16(start + 2)
  if (end > view.byteLength) return undefined

  const elementHeaderBytes = profile === ONE_BYTE_PROFILE ? 1 : profile >> 4 === TWO_BYTE_PROFILE ? 2 : undefined
  if (elementHeaderBytes === undefined) return { end, audioLevel: undefined }

  let audioLevel: number | undefined
  let offset = start + 4
  while (offset < end) {
    const element = elementHeaderBytes === 1 ? oneByteElement(view, offset) : twoByteElement(view, offset, end)
    if (element === 'stop') break
    if (element === undefined || element.dataStart + element.length > end) return undefined
    if (element.id === audioLevelId && element.length > 0) audioLevel = view.getUint8(element.dataStart) & 0x7f
    offset = element.dataStart + element.length
  }
  return { end, audioLevel }
}

type Element = { readonly id: number; readonly dataStart: number; readonly length: number }

function oneByteElement(view: DataView, offset: number): Element | 'stop' {
  const header = view.getUint8(offset)
  if (header === 0) return { id: 0, dataStart: offset + 1, length: 0 }
  const id = header >> 4
  if (id === RESERVED_ONE_BYTE_ID || id === 0) return 'stop'
  return { id, dataStart: offset + 1, length: (header & 0x0f) + 1 }
}

function twoByteElement(view: DataView, offset: number, end: number): Element | undefined {
  const id = view.getUint8(offset)
  if (id === 0) return { id, dataStart: offset + 1, length: 0 }
  if (offset + 2 > end) return undefined
  return { id, dataStart: offset + 2, length: view.getUint8(offset + 1) }
}
