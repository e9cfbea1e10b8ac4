import type { Notifications } from '../../../shared/protocol/messages.ts'
import { garble, mutate } from '../../integration/media-node/mutate.ts'
import { capabilities, fingerprint, opus, vp8, vp8Simulcast } from '../../integration/media-node/rtp.ts'
import type { SeededRandom } from '../../seeded-random.ts'

/** How likely a value in a request's data is replaced; a wrong envelope ends the connection, so these are fewer. */
const DATA_CHANCE = 0.03
const ENVELOPE_CHANCE = 0.004

type Request = { readonly method: string; readonly data: object }

export type HostileMessage = { readonly kind: string; readonly text: string | Buffer }

/** A request that a client could send in earnest. */
export function validRequest(random: SeededRandom, welcome: Notifications['welcome']): Request {
  const transportId = random.pick(welcome.sendTransport.transportId, welcome.receiveTransport.transportId)
  const ssrc = random.below(20)
  const audio = { kind: 'audio', source: 'microphone', rtpParameters: opus(ssrc) }
  const video = { kind: 'video', source: 'camera', rtpParameters: random.pick(vp8, vp8Simulcast)(ssrc) }
  return random.pick<Request>(
    { method: 'receive', data: { rtpCapabilities: capabilities } },
    { method: 'produce', data: audio },
    { method: 'produce', data: video },
    {
      method: 'connect-transport',
      data: { transportId, dtlsParameters: { role: 'auto', fingerprints: [fingerprint] } },
    },
    { method: 'restart-ice', data: { transportId } },
    { method: 'set-captions', data: { enabled: random.next() < 0.5 } },
    { method: 'set-speech', data: { language: random.pick('en', 'es', 'x'), captioned: random.next() < 0.5 } },
    { method: 'close-producer', data: { producerId: 'somebody' } },
    { method: 'resume-consumer', data: { consumerId: 'somebody' } },
    { method: 'ping', data: {} },
  )
}

/** A message of a participant who means harm; most are understood, so that they reach what is behind the door. */
export function hostileMessage(random: SeededRandom, welcome: Notifications['welcome'], id: number): HostileMessage {
  const request = validRequest(random, welcome)
  const text = (message: unknown) => JSON.stringify(message) ?? 'undefined'
  const dice = random.next()
  if (dice < 0.4) return { kind: 'valid', text: text({ id, ...request }) }
  if (dice < 0.75)
    return { kind: 'data mutated', text: text({ id, ...request, data: mutate(random, request.data, DATA_CHANCE) }) }
  if (dice < 0.9) return { kind: 'id repeated', text: text({ id: random.below(id + 1), ...request }) }
  const mutated = mutate(random, { id, ...request, data: mutate(random, request.data, DATA_CHANCE) }, ENVELOPE_CHANCE)
  return { kind: 'anything mutated or garbled', text: garble(random, text(mutated), ENVELOPE_CHANCE) }
}
