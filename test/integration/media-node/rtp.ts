import type { RtpCapabilities, RtpParameters } from '../../../shared/protocol/rtp.ts'

/** Parameters as a browser would send them, for tests that drive media by signalling alone. */

export function opus(ssrc: number): RtpParameters {
  return {
    mid: `a${ssrc}`,
    codecs: [
      { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2, parameters: { useinbandfec: 1 } },
    ],
    headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: 1 }],
    encodings: [{ ssrc }],
    rtcp: { cname: `c${ssrc}` },
  }
}

export function vp8(ssrc: number): RtpParameters {
  return {
    mid: `v${ssrc}`,
    codecs: [
      { mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000, rtcpFeedback: [{ type: 'nack', parameter: 'pli' }] },
    ],
    encodings: [{ ssrc }],
  }
}

/** Three encodings of one camera. */
export function vp8Simulcast(ssrc: number): RtpParameters {
  return { ...vp8(ssrc), encodings: [0, 1, 2].map((layer) => ({ ssrc: ssrc + layer, scalabilityMode: 'L1T3' })) }
}

export const capabilities: RtpCapabilities = {
  codecs: [
    { kind: 'audio', mimeType: 'audio/opus', preferredPayloadType: 100, clockRate: 48_000, channels: 2 },
    { kind: 'video', mimeType: 'video/VP8', preferredPayloadType: 101, clockRate: 90_000 },
  ],
  headerExtensions: [],
}

export const fingerprint = {
  algorithm: 'sha-256' as const,
  value: Array.from({ length: 32 }, () => 'AB').join(':'),
}
