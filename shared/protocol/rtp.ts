import { z } from 'zod'
import { codecFormat, isRetransmission, mayBeSent } from './codec-formats.ts'
import { cname, mediaId, msid, rid, scalabilityMode } from './sdp-grammar.ts'

/**
 * Schemas of the WebRTC parameters that cross the signalling connection, in mediasoup's shapes. They are all that stands
 * between one participant's words and another one's SDP, so a media node parses what comes and what it sends, and a client
 * parses what a media node sends. Sources: RFC 8834 (RTP usage), mediasoup "RTP Parameters and Capabilities".
 *
 * What somebody *can* do (`rtpCapabilities`) may have codecs, parameters, feedback and header extensions that rooms do not
 * speak: browsers list many, and these are left out. What somebody *sends* (`rtpParameters`) may not: it is refused.
 */

const uint32 = z.int().min(0).max(0xffffffff)
/** RFC 3550 §5.1: seven bits. */
const payloadType = z.int().min(0).max(127)
/** RFC 3550 §8 allows 0 as well; mediasoup's workers do not stand it. */
const ssrc = z.int().min(1).max(0xffffffff)

/** Of one video a browser sends the codec and its retransmissions, and mediasoup's consumers have no more. */
const MAX_CODECS = 4
/** mediasoup-client sends three encodings of one camera at most; a fourth is a browser's limit. */
const MAX_ENCODINGS = 4
/** A browser lists each of the 64 dynamic payload types (RFC 3551 §3, RFC 5761 §4) once at most. */
const MAX_CAPABILITIES = 64
const MAX_FORMAT_PARAMETERS = 16
const MAX_FEEDBACKS = 16

export const mediaKind = z.enum(['audio', 'video'])

/** A text of a browser's that is compared to what is known, and never passed on. */
const compared = z.string().max(256)

const headerExtensionUri = z.enum([
  'urn:ietf:params:rtp-hdrext:sdes:mid',
  'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension',
  'urn:3gpp:video-orientation',
  'urn:ietf:params:rtp-hdrext:toffset',
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time',
  'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay',
  'urn:mediasoup:params:rtp-hdrext:packet-id',
])

/** RFC 8285 §4.2 and §4.3: 15 is reserved. */
const headerExtensionId = z
  .int()
  .min(1)
  .max(255)
  .refine((value) => value !== 15)

/** RFC 4585 §4.2, RFC 5104 §7.1, draft-holmer-rmcat-transport-wide-cc-extensions-01, draft-alvestrand-rmcat-remb-03. */
const FEEDBACK: ReadonlySet<string> = new Set(['nack', 'nack pli', 'ccm fir', 'goog-remb', 'transport-cc'])

type Feedback = { readonly type: string; readonly parameter?: string }
const isKnownFeedback = ({ type, parameter }: Feedback) => FEEDBACK.has(parameter ? `${type} ${parameter}` : type)

const feedback = z.object({ type: compared, parameter: compared.exactOptional() })
const feedbacks = z.array(feedback).max(MAX_FEEDBACKS)

const formatParameters = z
  .record(compared, z.union([compared, z.number()]))
  .refine((parameters) => Object.keys(parameters).length <= MAX_FORMAT_PARAMETERS)

type Codec = {
  readonly mimeType: string
  readonly clockRate: number
  readonly channels?: number
  readonly parameters?: Readonly<Record<string, unknown>>
}

const codec = z.object({
  mimeType: compared,
  clockRate: uint32,
  channels: z.int().min(1).max(8).exactOptional(),
  parameters: formatParameters.exactOptional(),
})

/** Whether rooms speak it; mediasoup writes 1 channel where there are none. */
function isSpoken({ mimeType, clockRate, channels = 1 }: Codec): boolean {
  const format = codecFormat(mimeType)
  return format !== undefined && format.clockRate === clockRate && (format.channels ?? 1) === channels
}

/** The keys of format parameters that rooms do not know. */
function unknownParameters({ mimeType, parameters = {} }: Codec): readonly string[] {
  const known = codecFormat(mimeType)?.parameters
  return Object.keys(parameters).filter((key) => !known?.has(key))
}

/** The keys of known format parameters whose values are not what their RFC allows. */
function malformedParameters({ mimeType, parameters = {} }: Codec): readonly string[] {
  const known = codecFormat(mimeType)?.parameters
  return Object.entries(parameters).flatMap(([key, value]) => (known?.get(key)?.safeParse(value).error ? [key] : []))
}

/** The codec without the format parameters that rooms do not know, such as those of a browser newer than this. */
export function withKnownParameters<C extends Codec>(codec: C): C {
  const unknown = new Set(unknownParameters(codec))
  if (codec.parameters === undefined || unknown.size === 0) return codec
  const known = Object.entries(codec.parameters).filter(([key]) => !unknown.has(key))
  return { ...codec, parameters: Object.fromEntries(known) }
}

const codecCapability = codec
  .extend({ kind: mediaKind, preferredPayloadType: payloadType, rtcpFeedback: feedbacks.exactOptional() })
  .refine((capability) => malformedParameters(capability).length === 0, 'a format parameter is malformed')

const headerExtension = z.object({
  kind: mediaKind,
  preferredId: headerExtensionId,
  preferredEncrypt: z.boolean().exactOptional(),
  direction: z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']).exactOptional(),
})

export const rtpCapabilities = z.object({
  codecs: z
    .array(codecCapability)
    .max(MAX_CAPABILITIES)
    .transform((all) => all.filter(isSpoken).map(onlyKnown))
    .exactOptional(),
  headerExtensions: z
    .array(headerExtension.extend({ uri: compared }))
    .max(MAX_CAPABILITIES)
    .transform((all) =>
      all.flatMap((extension) => {
        const uri = headerExtensionUri.safeParse(extension.uri).data
        return uri === undefined ? [] : [{ ...extension, uri }]
      }),
    )
    .exactOptional(),
})

function onlyKnown(capability: z.infer<typeof codecCapability>): z.infer<typeof codecCapability> {
  const { rtcpFeedback, ...rest } = withKnownParameters(capability)
  return { ...rest, ...(rtcpFeedback && { rtcpFeedback: rtcpFeedback.filter(isKnownFeedback) }) }
}

const codecParameters = codec
  .extend({ payloadType, rtcpFeedback: feedbacks.exactOptional() })
  .refine(isSpoken, 'a codec that rooms do not speak')
  .refine((codec) => unknownParameters(codec).length === 0, 'an unknown format parameter')
  .refine((codec) => malformedParameters(codec).length === 0, 'a format parameter is malformed')
  .refine(
    ({ mimeType, parameters = {} }) =>
      Object.entries(parameters).every(([key, value]) => mayBeSent(mimeType, key, value)),
    'a format parameter that is not for others',
  )
  .refine(({ rtcpFeedback = [] }) => rtcpFeedback.every(isKnownFeedback), 'unknown RTCP feedback')

/** An encoding is told from others by its SSRC or by its RID; browsers never send both, and a worker does not stand it. */
const encodingParameters = z
  .object({
    ssrc: ssrc.exactOptional(),
    rid: rid.exactOptional(),
    codecPayloadType: payloadType.exactOptional(),
    rtx: z.object({ ssrc }).exactOptional(),
    dtx: z.boolean().exactOptional(),
    scalabilityMode: scalabilityMode.exactOptional(),
    maxBitrate: uint32.exactOptional(),
  })
  .refine((encoding) => (encoding.ssrc === undefined) !== (encoding.rid === undefined), 'either an SSRC or a RID')

const sentHeaderExtension = z.object({
  uri: headerExtensionUri,
  id: headerExtensionId,
  encrypt: z.boolean().exactOptional(),
  /** No header extension of ours has any. */
  parameters: z.object({}).exactOptional(),
})

export const rtpParameters = z
  .object({
    mid: mediaId.exactOptional(),
    codecs: z.array(codecParameters).min(1).max(MAX_CODECS),
    headerExtensions: z.array(sentHeaderExtension).max(headerExtensionUri.options.length).exactOptional(),
    encodings: z.array(encodingParameters).min(1).max(MAX_ENCODINGS),
    rtcp: z.object({ cname: cname.exactOptional(), reducedSize: z.boolean().exactOptional() }).exactOptional(),
    msid: msid.exactOptional(),
  })
  .superRefine((parameters, context) => {
    for (const message of contradictionsOf(parameters)) context.addIssue({ code: 'custom', message })
  })

type Parts = {
  readonly codecs: readonly z.infer<typeof codecParameters>[]
  readonly headerExtensions?: readonly z.infer<typeof sentHeaderExtension>[]
  readonly encodings: readonly z.infer<typeof encodingParameters>[]
}

/** What in the parts of one description does not go together, in words without their values. */
function contradictionsOf({ codecs, headerExtensions = [], encodings }: Parts): readonly string[] {
  const media = codecs.filter(({ mimeType }) => !isRetransmission(mimeType))
  const mediaTypes = new Set(media.map(({ payloadType }) => payloadType))
  const repaired = codecs
    .filter(({ mimeType }) => isRetransmission(mimeType))
    .map(({ parameters }) => parameters?.['apt'])
  const named = encodings.flatMap(({ codecPayloadType = [] }) => codecPayloadType)
  const problems = {
    'the first codec carries no media': codecs[0] !== media[0],
    'two codecs have one payload type': hasTwins(codecs.map(({ payloadType }) => payloadType)),
    'an apt names no codec': !repaired.every((apt) => typeof apt === 'number' && mediaTypes.has(apt)),
    'an encoding names no codec': !named.every((type) => mediaTypes.has(type)),
    'two header extensions have one id': hasTwins(headerExtensions.map(({ id }) => id)),
    'a header extension is there twice': hasTwins(headerExtensions.map(({ uri }) => uri)),
    'two encodings have one RID': hasTwins(encodings.flatMap(({ rid = [] }) => rid)),
    'two streams have one SSRC': hasTwins(encodings.flatMap(({ ssrc = [], rtx }) => [ssrc, rtx?.ssrc ?? []].flat())),
    'some encodings have a RID and some an SSRC': new Set(encodings.map(({ rid }) => rid === undefined)).size > 1,
  }
  return Object.entries(problems).flatMap(([problem, is]) => (is ? [problem] : []))
}

function hasTwins(values: readonly unknown[]): boolean {
  return new Set(values).size < values.length
}

/** Whether all codecs are of the kind that is said beside them. */
export function isOfKind({ kind, rtpParameters }: { kind: MediaKind; rtpParameters: RtpParameters }): boolean {
  return rtpParameters.codecs.every(({ mimeType }) => mimeType.toLowerCase().startsWith(`${kind}/`))
}

export type MediaKind = z.infer<typeof mediaKind>
export type RtpCapabilities = z.infer<typeof rtpCapabilities>
export type RtpParameters = z.infer<typeof rtpParameters>
