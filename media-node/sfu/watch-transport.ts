import type { Router, WebRtcTransport } from 'mediasoup/types'
import { logLife } from '../../shared/log-life.ts'
import type { Logger } from '../../shared/logging.ts'
import type { MediaKind } from '../../shared/protocol/rtp.ts'
import type { SfuMetrics } from './sfu-metrics.ts'

export type TransportWatch = {
  /** Names whose transport it is. */
  readonly logger: Logger
  readonly metrics: Pick<SfuMetrics, 'transportChanged' | 'mediaConnected'>
  /** Why whoever has it closes; undefined while they do not. */
  readonly closeReason: () => string | undefined
}

/** Logs the life of a participant's transport and of all that is made on it, and counts how its connection does. */
export function watchTransport(transport: WebRtcTransport, { logger, metrics, closeReason }: TransportWatch): void {
  const why = () => closeReason() ?? (transport.closed ? 'worker_died' : undefined)
  const closed = logLife(logger, 'debug', 'transport', { transportId: transport.id })
  transport.observer.once('close', () => closed(why() ?? 'closed'))
  transport.observer.on('newproducer', (producer) =>
    follow(producer, { what: 'producer', logger, why: () => why() ?? 'closed_by_client' }),
  )
  transport.observer.on('newconsumer', (consumer) =>
    follow(consumer, { what: 'consumer', logger, why: () => why() ?? 'producer_closed' }),
  )
  transport.on('icestatechange', (state) => {
    if (state === 'connected' || state === 'disconnected') metrics.transportChanged(`ice_${state}`)
  })
  transport.on('dtlsstatechange', (state) => {
    if (state !== 'connected' && state !== 'failed') return
    metrics.transportChanged(`dtls_${state}`)
    if (state === 'connected') metrics.mediaConnected(transport.iceSelectedTuple?.protocol ?? 'udp')
  })
}

/** Logs the life of each DirectTransport of a router, which are those that taps share, and of the taps. */
export function logTaps(router: Router, { logger, closeReason }: Omit<TransportWatch, 'metrics'>): void {
  const why = () => closeReason() ?? 'released'
  router.observer.on('newtransport', (transport) => {
    if (transport.type !== 'direct') return
    const closed = logLife(logger, 'debug', 'transport', { transportId: transport.id })
    transport.observer.once('close', () => closed(why()))
    transport.observer.on('newconsumer', (consumer) => follow(consumer, { what: 'tap', logger, why }))
  })
}

type Followed = {
  readonly what: 'producer' | 'consumer' | 'tap'
  readonly logger: Logger
  readonly why: () => string
}

/** As much of a producer or consumer as is looked at. */
type Stream = {
  readonly id: string
  readonly producerId?: string
  readonly kind: MediaKind
  readonly observer: { once(event: 'close', listener: () => void): unknown }
}

function follow(stream: Stream, { what, logger, why }: Followed): void {
  const { producerId = stream.id } = stream
  const ids = what === 'consumer' ? { consumerId: stream.id, producerId } : { producerId }
  const closed = logLife(logger, 'debug', what, { ...ids, kind: stream.kind })
  stream.observer.once('close', () => closed(why()))
}
