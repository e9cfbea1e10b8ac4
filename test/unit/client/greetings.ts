import type { Notifications } from '../../../shared/protocol/messages.ts'
import type { TransportDescription } from '../../../shared/protocol/transport.ts'

const transport = (transportId: string): TransportDescription => ({
  transportId,
  iceParameters: { usernameFragment: 'ufrag', password: 'p'.repeat(22) },
  iceCandidates: [],
  dtlsParameters: { fingerprints: [{ algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') }] },
})

/** What a media node says first to who joins. */
export function welcome(changes: Partial<Notifications['welcome']> = {}): Notifications['welcome'] {
  return {
    roomId: 'r',
    participantId: 'me',
    nodeId: 'node-1',
    epoch: 1,
    routerRtpCapabilities: {},
    sendTransport: transport('send'),
    receiveTransport: transport('receive'),
    participants: [],
    resumeToken: 'resume-token-of-node-1',
    resumeWindowMs: 15_000,
    ...changes,
  }
}

/** What it says first to who comes back. */
export function resumed(changes: Partial<Notifications['resumed']> = {}): Notifications['resumed'] {
  return { participants: [], consumers: [], producers: [], captionsActive: false, ...changes }
}
