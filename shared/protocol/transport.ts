import { z } from 'zod'
import { fingerprint, foundation, hostAddress, icePassword, iceUfrag, id, isKnownHash } from './sdp-grammar.ts'

/** Schemas of what the two ends of a WebRTC transport tell each other: RFC 8839 (ICE) and RFC 8122 (DTLS fingerprints). */

const MAX_FINGERPRINTS = 8
/** A media node has one for each protocol and each address at which it can be reached. */
const MAX_CANDIDATES = 16

const uncheckedFingerprint = z.object({ algorithm: z.string().max(64), value: z.string().max(256) })

/** Fingerprints by a hash that is not trusted, such as SHA-1, count as not there; mediasoup offers one beside others. */
export const dtlsParameters = z.object({
  role: z.enum(['auto', 'client', 'server']).exactOptional(),
  fingerprints: z
    .array(uncheckedFingerprint)
    .max(MAX_FINGERPRINTS)
    .transform((all) => all.filter(({ algorithm }) => isKnownHash(algorithm)))
    .pipe(z.array(fingerprint).min(1)),
})

/** RFC 8839 §5.4. */
export const iceParameters = z.object({
  usernameFragment: iceUfrag,
  password: icePassword,
  iceLite: z.boolean().exactOptional(),
})

/** RFC 8839 §5.1; RFC 8445 §5.1.2 for priorities. */
const iceCandidate = z.object({
  foundation,
  priority: z.int().min(1).max(0x7fffffff),
  ip: hostAddress,
  address: hostAddress,
  protocol: z.enum(['udp', 'tcp']),
  port: z.int().min(1).max(65_535),
  type: z.literal('host'),
  tcpType: z.literal('passive').exactOptional(),
})

/** What a client needs to build its side of one WebRTC transport. */
export const transportDescription = z.object({
  transportId: id,
  iceParameters,
  iceCandidates: z.array(iceCandidate).max(MAX_CANDIDATES),
  dtlsParameters,
})

export type DtlsParameters = z.infer<typeof dtlsParameters>
export type IceParameters = z.infer<typeof iceParameters>
export type TransportDescription = z.infer<typeof transportDescription>
