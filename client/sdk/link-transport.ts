import type { types } from 'mediasoup-client'
import { dtlsParameters } from '../../shared/protocol/transport.ts'
import type { Request } from './signalling.ts'
import { wireForm } from './wire-form.ts'

/** What the call is told about a transport. */
export type TransportEvents = {
  readonly onConnectionState: (state: types.ConnectionState) => void
  readonly onFailure: (cause: unknown) => void
}

/** Joins a transport to signalling, so that it connects by itself with its first track. */
export function linkTransport(transport: types.Transport, request: Request, events: TransportEvents): types.Transport {
  async function connect(own: types.DtlsParameters): Promise<void> {
    await request('connect-transport', { transportId: transport.id, dtlsParameters: wireForm(dtlsParameters, own) })
  }
  transport.on('connect', ({ dtlsParameters: own }, done) => {
    // ICE may begin before the answer: it saves a round trip, and the request arrives before DTLS can.
    connect(own).catch(events.onFailure)
    done()
  })
  transport.on('connectionstatechange', events.onConnectionState)
  return transport
}
