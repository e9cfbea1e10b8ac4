import type { RouterRtpCodecCapability } from 'mediasoup/types'

/** Kilobits per second at which Chromium starts to send video, so that the first seconds are not a blur. */
const START_BITRATE = { 'x-google-start-bitrate': 1_000 }

/**
 * What rooms speak. Opus with in-band FEC (RFC 6716 §2.1.7) and DTX; the H264 profiles are constrained baseline, which
 * every browser has, and main. Order is preference: a client sends the first one it can encode.
 */
export const codecs: RouterRtpCodecCapability[] = [
  {
    kind: 'audio',
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    parameters: { useinbandfec: 1, usedtx: 1, minptime: 10 },
  },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, parameters: START_BITRATE },
  { kind: 'video', mimeType: 'video/VP9', clockRate: 90_000, parameters: { 'profile-id': 0, ...START_BITRATE } },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: {
      'packetization-mode': 1,
      'profile-level-id': '42e01f',
      'level-asymmetry-allowed': 1,
      ...START_BITRATE,
    },
  },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: {
      'packetization-mode': 1,
      'profile-level-id': '4d0032',
      'level-asymmetry-allowed': 1,
      ...START_BITRATE,
    },
  },
  { kind: 'video', mimeType: 'video/AV1', clockRate: 90_000, parameters: START_BITRATE },
]
