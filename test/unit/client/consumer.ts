import type { ConsumerDescription } from '../../../shared/protocol/messages.ts'

/** Somebody's microphone, as a media node describes it. */
export function consumer(consumerId: string, participantId: string): ConsumerDescription {
  return {
    consumerId,
    producerId: `${consumerId}-producer`,
    participantId,
    source: 'microphone',
    kind: 'audio',
    rtpParameters: {
      codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }],
      encodings: [{ ssrc: 1 }],
    },
    producerPaused: false,
  }
}
