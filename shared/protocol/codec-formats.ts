import { z } from 'zod'

/**
 * The codecs that rooms speak, with every format parameter that they may have. A format parameter's key and value end in
 * the `a=fmtp` line of everybody who receives the track, so there is no other.
 */

const whole = (min: number, max: number) => z.int().min(min).max(max)
const flag = whole(0, 1)
const anyUint32 = whole(0, 0xffffffff)

type ParameterSchema = z.ZodType<string | number>

export type CodecFormat = {
  readonly clockRate: number
  /** Undefined where the format has no channels. */
  readonly channels: number | undefined
  readonly parameters: ReadonlyMap<string, ParameterSchema>
}

/** libwebrtc's own, in kilobits per second: what a media node tells senders to begin with. */
const RATE_ADVICE: Readonly<Record<string, ParameterSchema>> = {
  'x-google-start-bitrate': whole(1, 1_000_000),
  'x-google-min-bitrate': whole(1, 1_000_000),
  'x-google-max-bitrate': whole(1, 1_000_000),
}

/** RFC 7741 §6.1 and RFC 9628 §6.1: frames a second, and macroblocks a frame. */
const PICTURE_LIMITS: Readonly<Record<string, ParameterSchema>> = { 'max-fr': anyUint32, 'max-fs': anyUint32 }

const samplesPerSecond = whole(8_000, 48_000)
const packetMs = whole(3, 120)

/** Their names are case-insensitive (RFC 4855 §3), and in lower case here. */
const formats: ReadonlyMap<string, CodecFormat> = new Map([
  // RFC 7587 §6.1 and §7; `minptime` and `ptime` as browsers write them.
  [
    'audio/opus',
    format({
      clockRate: 48_000,
      channels: 2,
      parameters: {
        maxplaybackrate: samplesPerSecond,
        'sprop-maxcapturerate': samplesPerSecond,
        maxptime: packetMs,
        ptime: packetMs,
        minptime: packetMs,
        maxaveragebitrate: whole(6_000, 510_000),
        stereo: flag,
        'sprop-stereo': flag,
        cbr: flag,
        useinbandfec: flag,
        usedtx: flag,
      },
    }),
  ],
  ['video/vp8', video(PICTURE_LIMITS)],
  ['video/vp9', video({ ...PICTURE_LIMITS, 'profile-id': whole(0, 3) })],
  // RFC 6184 §8.1; `sps-pps-idr-in-keyframe` is libwebrtc's.
  [
    'video/h264',
    video({
      'profile-level-id': z.string().regex(/^[0-9A-Fa-f]{6}$/),
      'packetization-mode': whole(0, 2),
      'level-asymmetry-allowed': flag,
      'sps-pps-idr-in-keyframe': flag,
      'max-mbps': anyUint32,
      'max-fr': anyUint32,
      'max-fs': anyUint32,
      'max-cpb': anyUint32,
      'max-dpb': anyUint32,
      'max-br': anyUint32,
    }),
  ],
  // RTP Payload Format For AV1, §7.2.1.
  ['video/av1', video({ profile: whole(0, 2), 'level-idx': whole(0, 31), tier: flag })],
  // RFC 4588 §8.1.
  ['audio/rtx', format({ clockRate: 48_000, parameters: { apt: whole(0, 127), 'rtx-time': anyUint32 } })],
  ['video/rtx', format({ clockRate: 90_000, parameters: { apt: whole(0, 127), 'rtx-time': anyUint32 } })],
])

/** Undefined where rooms do not speak it. */
export function codecFormat(mimeType: string): CodecFormat | undefined {
  return formats.get(mimeType.toLowerCase())
}

export function isRetransmission(mimeType: string): boolean {
  return mimeType.toLowerCase().endsWith('/rtx')
}

/**
 * Whether a participant may send others this parameter. Advice on rates is a media node's to give; and an AV1 of another
 * profile than Main has whoever cannot decode it refuse the whole track.
 */
export function mayBeSent(mimeType: string, key: string, value: unknown): boolean {
  if (Object.hasOwn(RATE_ADVICE, key)) return false
  return mimeType.toLowerCase() !== 'video/av1' || key !== 'profile' || value === 0
}

function video(parameters: Readonly<Record<string, ParameterSchema>>): CodecFormat {
  return format({ clockRate: 90_000, parameters: { ...parameters, ...RATE_ADVICE } })
}

function format(options: {
  clockRate: number
  channels?: number
  parameters: Readonly<Record<string, ParameterSchema>>
}): CodecFormat {
  const { clockRate, channels, parameters } = options
  return { clockRate, channels, parameters: new Map(Object.entries(parameters)) }
}
