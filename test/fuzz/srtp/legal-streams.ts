import type { MediaKind, RtpParameters } from '../../../shared/protocol/rtp.ts'
import type { SeededRandom } from '../../seeded-random.ts'
import type { Sequences } from './sequences.ts'

/** Parameters that a participant may announce, as many kinds as a media node takes, and the streams they allow. */

const uris = {
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
  rid: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  repairedRid: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  sendTime: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  transportSequence: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  audioLevel: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  dependencyDescriptor: 'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension',
  orientation: 'urn:3gpp:video-orientation',
  timeOffset: 'urn:ietf:params:rtp-hdrext:toffset',
  captureTime: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time',
  playoutDelay: 'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay',
} as const

export type ExtensionName = keyof typeof uris

const extensionsOf: Readonly<Record<MediaKind, readonly ExtensionName[]>> = {
  audio: ['mid', 'sendTime', 'transportSequence', 'audioLevel', 'captureTime'],
  video: [
    'mid',
    'rid',
    'repairedRid',
    'sendTime',
    'transportSequence',
    'dependencyDescriptor',
    'orientation',
    'timeOffset',
    'captureTime',
    'playoutDelay',
  ],
}

export type CodecName = 'opus' | 'VP8' | 'VP9' | 'H264' | 'AV1'

type VideoCodec = { readonly name: CodecName; readonly parameters: Readonly<Record<string, string | number>> }

const videoCodecs: readonly [VideoCodec, ...VideoCodec[]] = [
  { name: 'VP8', parameters: {} },
  { name: 'VP9', parameters: { 'profile-id': 0 } },
  { name: 'H264', parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 } },
  { name: 'H264', parameters: { 'packetization-mode': 1, 'profile-level-id': '4d0032', 'level-asymmetry-allowed': 1 } },
  { name: 'AV1', parameters: {} },
]

const feedback = [
  { type: 'nack' },
  { type: 'nack', parameter: 'pli' },
  { type: 'ccm', parameter: 'fir' },
  { type: 'goog-remb' },
  { type: 'transport-cc' },
]

/** One RTP stream that its sender has announced; its timestamp moves on. */
export type Stream = {
  readonly codec: CodecName
  readonly payloadType: number
  readonly ssrc: number
  readonly rid?: string
  readonly mid: string
  /** The stream that sends lost packets of this one again (RFC 4588). */
  readonly rtx?: { readonly payloadType: number; readonly ssrc: number }
  readonly extensionIds: ReadonlyMap<ExtensionName, number>
  /** Shared by all that its sender sends. */
  readonly sequences: Sequences
  timestamp: number
}

export type Announcement = {
  readonly kind: MediaKind
  readonly rtpParameters: RtpParameters
  readonly streams: readonly Stream[]
}

/** The lower half, so that a stream goes on for long before its numbers begin anew. */
const SEQUENCE_SPACE = 0x8000

type Encoding = NonNullable<RtpParameters['encodings']>[number]

export function announcement(random: SeededRandom, kind: MediaKind, sequences: Sequences): Announcement {
  const twoByte = random.next() < 0.3
  const ids = distinctIds(random, extensionsOf[kind].length, twoByte ? 255 : 14)
  const extensionIds = new Map(extensionsOf[kind].map((name, index) => [name, ids[index] ?? 1]))
  const mid = `${kind}${random.below(1_000)}`
  const codec = kind === 'audio' ? undefined : random.pick(...videoCodecs)
  const payloadType = 96 + random.below(16)
  const encodings = kind === 'audio' ? audioEncodings(random) : videoEncodings(random)
  const withRtx = codec !== undefined && random.next() < 0.7
  const streams = encodings.map((encoding): Stream => {
    const ssrc = encoding.ssrc ?? ssrcOf(random)
    return {
      codec: codec?.name ?? 'opus',
      payloadType,
      ssrc,
      mid,
      ...(encoding.rid === undefined ? {} : { rid: encoding.rid }),
      ...(withRtx ? { rtx: { payloadType: payloadType + 16, ssrc: encoding.rtx?.ssrc ?? ssrcOf(random) } } : {}),
      extensionIds,
      sequences,
      timestamp: random.below(2 ** 32),
    }
  })
  for (const { ssrc, rtx } of streams) {
    for (const own of [ssrc, rtx?.ssrc]) if (own !== undefined) sequences.start(own, random.below(SEQUENCE_SPACE))
  }
  const media =
    codec === undefined
      ? { mimeType: 'audio/opus', payloadType, clockRate: 48_000, channels: 2, parameters: { useinbandfec: 1 } }
      : { mimeType: `video/${codec.name}`, payloadType, clockRate: 90_000, parameters: { ...codec.parameters } }
  const rtx = {
    mimeType: 'video/rtx',
    payloadType: payloadType + 16,
    clockRate: 90_000,
    parameters: { apt: payloadType },
  }
  const rtpParameters: RtpParameters = {
    mid,
    codecs: [{ ...media, rtcpFeedback: feedback }, ...(withRtx ? [rtx] : [])],
    headerExtensions: [...extensionIds].map(([name, id]) => ({ uri: uris[name], id })),
    encodings,
    rtcp: { cname: `cname${random.below(1_000)}`, reducedSize: random.next() < 0.5 },
  }
  return { kind, rtpParameters, streams }
}

function audioEncodings(random: SeededRandom): Encoding[] {
  const dtx = random.next() < 0.5
  return [random.next() < 0.7 ? { ssrc: ssrcOf(random), dtx } : { rid: 'r0', dtx }]
}

function videoEncodings(random: SeededRandom): Encoding[] {
  const layers = 1 + random.below(3)
  const many = (encoding: (layer: number) => Encoding) => Array.from({ length: layers }, (_, layer) => encoding(layer))
  const scalabilityMode = random.pick('L1T1', 'L1T2', 'L1T3', 'L3T3', 'L3T3_KEY', 'S3T3')
  const byName = () => many((layer) => ({ rid: `r${layer}`, scalabilityMode: 'L1T3' }))
  return random.pick<() => Encoding[]>(
    () => [{ ssrc: ssrcOf(random), rtx: { ssrc: ssrcOf(random) }, scalabilityMode }],
    () => many(() => ({ ssrc: ssrcOf(random), rtx: { ssrc: ssrcOf(random) }, scalabilityMode: 'L1T3' })),
    () => many(() => ({ ssrc: ssrcOf(random) })),
    byName,
    byName,
  )()
}

export function ssrcOf(random: SeededRandom): number {
  return 1 + random.below(2 ** 32 - 1)
}

function distinctIds(random: SeededRandom, count: number, most: number): number[] {
  const ids = new Set<number>()
  while (ids.size < count) ids.add(1 + random.below(most))
  return [...ids]
}
