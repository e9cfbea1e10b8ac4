import { z } from 'zod'

/**
 * The strings that end in somebody's SDP, each by the grammar that its RFC gives it. None has a space, a line break or
 * another control character, so no value can begin an attribute of its own (RFC 8866 §9: a line ends with CR LF).
 */

/** RFC 8866 §9, `token-char`. */
const TOKEN = "[A-Za-z0-9!#$%&'*+.^_`{|}~-]"
/** RFC 8839 §5.1, `ice-char`. */
const ICE = '[A-Za-z0-9+/]'

const exactly = (grammar: string, what: string) => z.string().regex(new RegExp(`^${grammar}$`), what)

/**
 * What participants, transports, producers, consumers, rooms and segments are called. Narrower than the `msid-id` that a
 * participant's and a consumer's become (RFC 8830 §2).
 */
export const id = exactly('[A-Za-z0-9][A-Za-z0-9._-]{0,63}', 'letters, digits, . _ and -')

/** RFC 5888 §4: a token; RFC 8285 §4.2 lets a one-byte header extension carry 16 bytes of it. */
export const mediaId = exactly(`${TOKEN}{1,16}`, 'a token of RFC 8866')

/** RFC 8851 §10, and RFC 8285 §4.2 for its length. */
export const rid = exactly('[A-Za-z0-9_-]{1,16}', 'a rid-id of RFC 8851')

/** RFC 8830 §2: the ids of a stream and a track. */
export const msid = exactly(`${TOKEN}{1,64}( ${TOKEN}{1,64})?`, 'an msid of RFC 8830')

/**
 * RFC 3550 §6.5.1 (`user@host`) and RFC 7022 §4 (a UUID, or 96 random bits as base64). Empty where there is none, as in a
 * browser's offer of several encodings by RID.
 */
export const cname = exactly('[A-Za-z0-9+/=@.:_{}-]{0,64}', 'a CNAME of RFC 3550 and RFC 7022')

/** W3C "Scalable Video Coding Extension for WebRTC", §6, with as many layers as mediasoup's consumers name. */
export const scalabilityMode = exactly('[LS][1-4]T[1-3](h?_KEY(_SHIFT)?|h)?', 'a mode such as L1T3')

/** RFC 8839 §5.4. */
export const iceUfrag = exactly(`${ICE}{4,256}`, 'an ice-ufrag of RFC 8839')
/** RFC 8839 §5.4. */
export const icePassword = exactly(`${ICE}{22,256}`, 'an ice-pwd of RFC 8839')
/** RFC 8839 §5.1. */
export const foundation = exactly(`${ICE}{1,32}`, 'a foundation of RFC 8839')

const bytesOfHash = { 'sha-224': 28, 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 } as const

/**
 * RFC 8122 §5: as many pairs of upper-case hexadecimal digits as the hash has bytes. SHA-1 is not among them: nothing that
 * speaks WebRTC needs it (RFC 8827 §6.5 asks for SHA-256), and two certificates can be made to share one.
 */
export const fingerprint = z.discriminatedUnion('algorithm', [
  hashOf('sha-224'),
  hashOf('sha-256'),
  hashOf('sha-384'),
  hashOf('sha-512'),
])

function hashOf<A extends keyof typeof bytesOfHash>(algorithm: A) {
  const others = bytesOfHash[algorithm] - 1
  return z.object({
    algorithm: z.literal(algorithm),
    value: exactly(`[0-9A-F]{2}(:[0-9A-F]{2}){${others}}`, `a ${algorithm} fingerprint of RFC 8122`),
  })
}

/** Whether fingerprints by this hash are trusted. */
export function isKnownHash(algorithm: string): boolean {
  return Object.hasOwn(bytesOfHash, algorithm)
}

/** RFC 8839 §5.1, `connection-address`: an IP address at which one host can be, or a host name (RFC 1123 §2.1). */
export const hostAddress = z.string().max(253).refine(isHostAddress, 'the address or the name of one host')

const OCTET = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const IPV4 = new RegExp(`^${OCTET}(\\.${OCTET}){3}$`)
const IPV6 = /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/
const LABEL = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
/** The last label begins with a letter: what begins with a digit may be read as an IPv4 address in an old notation. */
const HOST_NAME = new RegExp(`^(${LABEL}\\.)*(?=[A-Za-z])${LABEL}$`)

function isHostAddress(address: string): boolean {
  if (IPV4.test(address)) return isUnicastIpv4(address)
  if (IPV6.test(address)) return isUnicastIpv6(address)
  return HOST_NAME.test(address)
}

/** Neither "this network" (RFC 1122 §3.2.1.3) nor multicast, reserved or broadcast (RFC 5771, RFC 1112 §4). */
function isUnicastIpv4(address: string): boolean {
  const first = Number(address.split('.', 1)[0])
  return first > 0 && first < 224
}

/** Neither unspecified nor multicast (RFC 4291 §2.5.2, §2.7), nor an IPv4 address in disguise (§2.5.5). */
function isUnicastIpv6(address: string): boolean {
  if (!URL.canParse(`http://[${address}]`)) return false
  const { hostname } = new URL(`http://[${address}]`)
  return hostname !== '[::]' && !/^\[(ff|::ffff:)/.test(hostname)
}
