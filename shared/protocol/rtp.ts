import { z } from 'zod'

/**
 * Schemas of the WebRTC parameters that cross the signalling connection, in mediasoup's shapes and with bounds, so that
 * what reaches a mediasoup worker was checked here. Sources: RFC 8834 (RTP usage), RFC 8839 (ICE), RFC 8122 (DTLS
 * fingerprints), mediasoup "RTP Parameters and Capabilities".
 */

const text = z.string().max(256)
const uint8 = z.int().min(0).max(255)
const uint32 = z.int().min(0).max(0xffffffff)

export const mediaKind = z.enum(['audio', 'video'])

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

const formatParameters = z.record(z.string().max(64), z.union([text, z.number(), z.boolean()]))

const rtcpFeedback = z.object({ type: text, parameter: text.exactOptional() })

const codecCapability = z.object({
  kind: mediaKind,
  mimeType: text,
  preferredPayloadType: uint8,
  clockRate: uint32,
  channels: z.int().min(1).max(8).exactOptional(),
  parameters: formatParameters.exactOptional(),
  rtcpFeedback: z.array(rtcpFeedback).max(16).exactOptional(),
})

const headerExtension = z.object({
  kind: mediaKind,
  uri: headerExtensionUri,
  preferredId: uint8,
  preferredEncrypt: z.boolean().exactOptional(),
  direction: z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']).exactOptional(),
})

export const rtpCapabilities = z.object({
  codecs: z.array(codecCapability).max(64).exactOptional(),
  headerExtensions: z.array(headerExtension).max(64).exactOptional(),
})

const codecParameters = z.object({
  mimeType: text,
  payloadType: uint8,
  clockRate: uint32,
  channels: z.int().min(1).max(8).exactOptional(),
  parameters: formatParameters.exactOptional(),
  rtcpFeedback: z.array(rtcpFeedback).max(16).exactOptional(),
})

const encodingParameters = z.object({
  ssrc: uint32.exactOptional(),
  rid: text.exactOptional(),
  codecPayloadType: uint8.exactOptional(),
  rtx: z.object({ ssrc: uint32 }).exactOptional(),
  dtx: z.boolean().exactOptional(),
  scalabilityMode: text.exactOptional(),
  maxBitrate: uint32.exactOptional(),
})

export const rtpParameters = z.object({
  mid: text.exactOptional(),
  codecs: z.array(codecParameters).min(1).max(32),
  headerExtensions: z
    .array(
      z.object({
        uri: headerExtensionUri,
        id: z.int().min(1).max(255),
        encrypt: z.boolean().exactOptional(),
        parameters: formatParameters.exactOptional(),
      }),
    )
    .max(32)
    .exactOptional(),
  encodings: z.array(encodingParameters).max(8).exactOptional(),
  rtcp: z.object({ cname: text.exactOptional(), reducedSize: z.boolean().exactOptional() }).exactOptional(),
  msid: text.exactOptional(),
})

export const dtlsParameters = z.object({
  role: z.enum(['auto', 'client', 'server']).exactOptional(),
  fingerprints: z
    .array(z.object({ algorithm: z.enum(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']), value: text }))
    .min(1)
    .max(8),
})

/** RFC 8839 §5.4. */
export const iceParameters = z.object({
  usernameFragment: text,
  password: text,
  iceLite: z.boolean().exactOptional(),
})

/** What a client needs to build its side of one WebRTC transport. */
export const transportDescription = z.object({
  transportId: text,
  iceParameters,
  iceCandidates: z.array(
    z.object({
      foundation: text,
      priority: uint32,
      ip: text,
      address: text,
      protocol: z.enum(['udp', 'tcp']),
      port: z.int().min(0).max(65535),
      type: z.literal('host'),
      tcpType: z.literal('passive').exactOptional(),
    }),
  ),
  dtlsParameters,
})

export type MediaKind = z.infer<typeof mediaKind>
export type RtpCapabilities = z.infer<typeof rtpCapabilities>
export type RtpParameters = z.infer<typeof rtpParameters>
export type DtlsParameters = z.infer<typeof dtlsParameters>
export type IceParameters = z.infer<typeof iceParameters>
export type TransportDescription = z.infer<typeof transportDescription>
