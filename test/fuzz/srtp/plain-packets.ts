import type { TransportDescription } from '../../../shared/protocol/transport.ts'
import { bindingRequest } from '../../raw-media/stun.ts'
import type { SeededRandom } from '../../seeded-random.ts'
import { bytes, edge, garbled, resized, uint16 } from './random-bytes.ts'

/** What else may come by the port of media: STUN, DTLS, and neither. */

export type PlainContext = { readonly random: SeededRandom; readonly description: TransportDescription }

export const plainKinds: Readonly<Record<string, (context: PlainContext) => Buffer>> = {
  stun: ({ random, description }) => {
    const request = bindingRequest(description.iceParameters, bytes(random, 12))
    return random.pick(garbled, resized, foreignAttributes)(random, request)
  },
  dtls: ({ random }) => {
    // Content types 20 to 63 (RFC 7983), mostly those that there are (RFC 6347 §4.1).
    const contentType = random.pick(20, 22, 23, 20 + random.below(44))
    const body = bytes(random, edge(random, 1_200))
    const length = random.next() < 0.8 ? body.byteLength : random.below(65_536)
    const version = random.pick(0xfefd, 0xfeff, random.below(65_536))
    const epochAndSequence = random.pick(Buffer.alloc(8), bytes(random, 8))
    return Buffer.concat([Buffer.of(contentType), uint16(version), epochAndSequence, uint16(length), body])
  },
  'neither of them': ({ random }) => bytes(random, edge(random, 1_500)),
  'not encrypted': ({ random }) =>
    Buffer.concat([Buffer.of(128 + random.below(64), random.below(256)), bytes(random, edge(random, 1_200))]),
}

/** A request with more attributes, whose sums no longer fit. */
function foreignAttributes(random: SeededRandom, request: Buffer): Buffer {
  const value = bytes(random, edge(random, 300))
  const length = random.pick(value.byteLength, random.below(65_536))
  const attribute = Buffer.concat([uint16(random.below(65_536)), uint16(length), value])
  const whole = Buffer.concat([request.subarray(0, 20), attribute, request.subarray(20)])
  whole.writeUInt16BE(random.pick(whole.byteLength - 20, random.below(65_536)), 2)
  return whole
}
