import type { types } from 'mediasoup-client'
import type { Request } from './signalling.ts'

/** What the call is told about a transport. */
export type TransportEvents = {
  readonly onConnectionState: (state: types.ConnectionState) => void
  readonly onFailure: (cause: unknown) => void
}

/** Joins a transport to signalling, so that it connects by itself with its first track. */
export function linkTransport(transport: types.Transport, request: Request, events: TransportEvents): types.Transport {
  transport.on('connect', ({ dtlsParameters }, done) => {
    // ICE may begin before the answer: it saves a round trip, and the request arrives before DTLS can.
    request('connect-transport', { transportId: transport.id, dtlsParameters }).catch(events.onFailure)
    done()
  })
  transport.on('connectionstatechange', events.onConnectionState)
  return transport
}
