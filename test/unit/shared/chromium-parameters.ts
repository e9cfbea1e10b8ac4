import type { RtpParameters } from '../../../shared/protocol/rtp.ts'

/**
 * What Chromium 156 sent in a real call, with some of its header extensions left out; beside it, in the shapes of
 * mediasoup-client, what browsers say they can do and rooms do not speak.
 */

type ExtensionUri = NonNullable<RtpParameters['headerExtensions']>[number]['uri']

const extension = (uri: ExtensionUri, id: number) => ({ uri, id, encrypt: false, parameters: {} })
const feedback = (type: string, parameter = '') => ({ type, parameter })
const VIDEO_FEEDBACK = [
  feedback('goog-remb'),
  feedback('transport-cc'),
  feedback('ccm', 'fir'),
  feedback('nack'),
  feedback('nack', 'pli'),
]

export const sentMicrophone = {
  mid: '0',
  codecs: [
    {
      mimeType: 'audio/opus',
      clockRate: 48_000,
      channels: 2,
      parameters: { minptime: 10, useinbandfec: 1, 'sprop-stereo': 0, usedtx: 1 },
      payloadType: 111,
      rtcpFeedback: [feedback('transport-cc'), feedback('nack')],
    },
  ],
  headerExtensions: [
    extension('urn:ietf:params:rtp-hdrext:sdes:mid', 4),
    extension('urn:ietf:params:rtp-hdrext:ssrc-audio-level', 1),
  ],
  encodings: [{ ssrc: 623_538_812, dtx: false }],
  rtcp: { cname: '8jArfIbuLxzB6L+n', reducedSize: true },
  msid: '1e0cf690-94fe-4318-9b14-2772512e556f 47f74bc5-82bf-439e-876b-fb679f2e445b',
}

export const sentCamera = {
  mid: '1',
  codecs: [
    { mimeType: 'video/VP8', clockRate: 90_000, parameters: {}, payloadType: 96, rtcpFeedback: VIDEO_FEEDBACK },
    { mimeType: 'video/rtx', clockRate: 90_000, parameters: { apt: 96 }, payloadType: 97, rtcpFeedback: [] },
  ],
  headerExtensions: [
    extension('urn:ietf:params:rtp-hdrext:sdes:mid', 4),
    extension('urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id', 10),
    extension('urn:3gpp:video-orientation', 13),
  ],
  encodings: [{ ssrc: 570_288_102, rtx: { ssrc: 3_999_102_675 }, dtx: false, maxBitrate: 1_700_000 }],
  rtcp: { cname: '8jArfIbuLxzB6L+n', reducedSize: true },
  msid: '1e0cf690-94fe-4318-9b14-2772512e556f 1513b13e-111d-448c-8603-a3b4fca1a5fe',
}

/** Several encodings go by RID; libwebrtc names no SSRC and no CNAME then. */
export const sentSimulcast = {
  ...sentCamera,
  encodings: ['r0', 'r1', 'r2'].map((rid) => ({ rid, dtx: false, scalabilityMode: 'L1T3', maxBitrate: 500_000 })),
  rtcp: { cname: '', reducedSize: true },
}

const videoCodec = (preferredPayloadType: number, mimeType: string, parameters: object) => ({
  kind: 'video',
  mimeType,
  preferredPayloadType,
  clockRate: 90_000,
  parameters,
  rtcpFeedback: VIDEO_FEEDBACK,
})

/** What the browser sends with `receive`: what both sides know. */
export const receivable = {
  codecs: [
    {
      kind: 'audio',
      mimeType: 'audio/opus',
      preferredPayloadType: 100,
      clockRate: 48_000,
      channels: 2,
      parameters: { minptime: 10, useinbandfec: 1 },
      rtcpFeedback: [feedback('transport-cc'), feedback('nack')],
    },
    videoCodec(101, 'video/VP8', {}),
    { ...videoCodec(102, 'video/rtx', { apt: 101 }), rtcpFeedback: [] },
    videoCodec(103, 'video/VP9', { 'profile-id': 0 }),
    videoCodec(105, 'video/H264', {
      'level-asymmetry-allowed': 1,
      'packetization-mode': 1,
      'profile-level-id': '42e01f',
    }),
    videoCodec(109, 'video/AV1', { 'level-idx': 5, profile: 0, tier: 0 }),
  ],
  headerExtensions: [
    {
      kind: 'video',
      uri: 'urn:ietf:params:rtp-hdrext:sdes:mid',
      preferredId: 1,
      preferredEncrypt: false,
      direction: 'sendrecv',
    },
  ],
}

/** What else a browser can do, of which rooms know nothing. */
export const unspoken = {
  codecs: [
    { kind: 'audio', mimeType: 'audio/red', preferredPayloadType: 63, clockRate: 48_000, channels: 2 },
    { kind: 'audio', mimeType: 'audio/G722', preferredPayloadType: 9, clockRate: 8_000, parameters: {} },
    { kind: 'audio', mimeType: 'audio/PCMU', preferredPayloadType: 0, clockRate: 8_000, rtcpFeedback: [] },
    { kind: 'audio', mimeType: 'audio/CN', preferredPayloadType: 13, clockRate: 8_000 },
    { kind: 'audio', mimeType: 'audio/telephone-event', preferredPayloadType: 126, clockRate: 8_000 },
    videoCodec(49, 'video/H265', { 'level-id': 180, 'profile-id': 1, 'tier-flag': 0, 'tx-mode': 'SRST' }),
    videoCodec(123, 'video/red', {}),
    videoCodec(125, 'video/ulpfec', {}),
    videoCodec(35, 'video/flexfec-03', { 'repair-window': 10_000_000 }),
  ],
  headerExtensions: [
    {
      kind: 'video',
      uri: 'http://www.webrtc.org/experiments/rtp-hdrext/video-content-type',
      preferredId: 7,
      direction: 'sendrecv',
    },
    {
      kind: 'video',
      uri: 'http://www.webrtc.org/experiments/rtp-hdrext/color-space',
      preferredId: 8,
      direction: 'sendrecv',
    },
  ],
}
