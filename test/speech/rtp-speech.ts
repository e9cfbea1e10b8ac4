import { OpusEncoder } from './opus-encoder.ts'

export type RtpStreamOptions = {
  readonly ssrc: number
  readonly payloadType?: number
  readonly audioLevelId?: number
  readonly firstSequenceNumber?: number
  readonly firstTimestamp?: number
  readonly bitrate?: number
  /** 1 leaves out the packets of silence, as a browser with DTX does. */
  readonly dtx?: 0 | 1
  /** The sound is sent in two channels, the right one being the left one so many times. */
  readonly rightOfLeft?: number
}

/** A packet with the milliseconds from the beginning of the sound at which its last sample was spoken. */
export type TimedRtp = { readonly packet: Buffer; readonly atMs: number }

const FRAME_SAMPLES = 960
const FRAME_MS = 20
const ONE_BYTE_PROFILE = 0xbede
const SILENT = 127

/** Sound of 48 kHz mono as a browser would send it: Opus in RTP, 20 ms a packet, with the audio level of RFC 6464. */
export function rtpSpeech(pcm: Int16Array, options: RtpStreamOptions): TimedRtp[] {
  const encoder = new OpusEncoder({
    bitrate: options.bitrate ?? 32_000,
    dtx: options.dtx ?? 0,
    channels: options.rightOfLeft === undefined ? 1 : 2,
  })
  const packets: TimedRtp[] = []
  for (let frame = 0; (frame + 1) * FRAME_SAMPLES <= pcm.length; frame += 1) {
    const samples = pcm.subarray(frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES)
    const payload = encoder.encode(options.rightOfLeft === undefined ? samples : stereo(samples, options.rightOfLeft))
    if (options.dtx === 1 && payload.length <= 2) continue
    const sequenceNumber = ((options.firstSequenceNumber ?? 0) + packets.length) & 0xffff
    const timestamp = ((options.firstTimestamp ?? 0) + frame * FRAME_SAMPLES) % 2 ** 32
    const packet = rtpPacket({ ...options, sequenceNumber, timestamp, payload, level: audioLevel(samples) })
    packets.push({ packet, atMs: (frame + 1) * FRAME_MS })
  }
  return packets
}

function stereo(left: Int16Array, rightOfLeft: number): Int16Array {
  return Int16Array.from(
    { length: 2 * left.length },
    (_, at) => (left[at >> 1] ?? 0) * (at % 2 === 0 ? 1 : rightOfLeft),
  )
}

export type RtpPacketParts = {
  readonly ssrc: number
  readonly sequenceNumber: number
  readonly timestamp: number
  readonly payload: Uint8Array
  readonly level: number
  readonly payloadType?: number
  readonly audioLevelId?: number
}

/** One packet with a one-byte audio level extension (RFC 8285 §4.2). */
export function rtpPacket(parts: RtpPacketParts): Buffer {
  const header = Buffer.alloc(20)
  header[0] = 0x90
  header[1] = parts.payloadType ?? 100
  header.writeUInt16BE(parts.sequenceNumber, 2)
  header.writeUInt32BE(parts.timestamp, 4)
  header.writeUInt32BE(parts.ssrc, 8)
  header.writeUInt16BE(ONE_BYTE_PROFILE, 12)
  header.writeUInt16BE(1, 14)
  header[16] = (parts.audioLevelId ?? 6) << 4
  header[17] = 0x80 | parts.level
  return Buffer.concat([header, parts.payload])
}

function audioLevel(samples: Int16Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
  if (power === 0) return SILENT
  return Math.min(SILENT, Math.max(0, Math.round(-20 * Math.log10(Math.sqrt(power) / 32768))))
}
