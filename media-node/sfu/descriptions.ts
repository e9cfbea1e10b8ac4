import type { Consumer, RtpCapabilities as RouterCapabilities, WebRtcTransport } from 'mediasoup/types'
import type { ConsumerDescription } from '../../shared/protocol/messages.ts'
import { type RtpCapabilities, rtpCapabilities, rtpParameters } from '../../shared/protocol/rtp.ts'
import { type TransportDescription, transportDescription } from '../../shared/protocol/transport.ts'
import type { SourceProducer } from './producers.ts'

/** What mediasoup says, in the protocol's shapes and by its grammar: a fault here is ours, and reaches no client. */

export function describeCapabilities(capabilities: RouterCapabilities): RtpCapabilities {
  return rtpCapabilities.parse(withoutUndefined(capabilities))
}

export function describeTransport(transport: WebRtcTransport): TransportDescription {
  const { id, iceParameters, iceCandidates, dtlsParameters } = transport
  return transportDescription.parse(withoutUndefined({ transportId: id, iceParameters, iceCandidates, dtlsParameters }))
}

export function describeConsumer(consumer: Consumer, producer: SourceProducer): ConsumerDescription {
  return {
    consumerId: consumer.id,
    producerId: producer.id,
    participantId: producer.appData.participantId,
    source: producer.appData.source,
    kind: consumer.kind,
    rtpParameters: rtpParameters.parse(withoutUndefined(consumer.rtpParameters)),
    producerPaused: consumer.producerPaused,
  }
}

/** mediasoup sets optional properties to `undefined`, which JSON leaves out. */
function withoutUndefined(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
