import { isIPv6 } from 'node:net'

/**
 * The address a request came from, behind `hops` proxies of ours that each add the address they see to
 * `X-Forwarded-For`. What stands further left was sent by the caller and proves nothing.
 */
export function callerAddress(
  connection: { readonly remoteAddress: string | undefined; readonly forwardedFor: string | undefined },
  hops: number,
): string {
  const { remoteAddress = 'unknown', forwardedFor = '' } = connection
  if (hops === 0) return remoteAddress
  const seen = forwardedFor.split(',').map((address) => address.trim())
  return seen.at(-hops) || remoteAddress
}

/**
 * What an address is counted by: an IPv4 address by itself, also one mapped into IPv6 (RFC 4291 §2.5.5.2), and an IPv6
 * address by its /64, since whoever has one address of it has them all (RFC 6177 §2). Other text counts as it is.
 */
export function callerOf(address: string): string {
  const [withoutZone = ''] = address.split('%')
  if (!isIPv6(withoutZone)) return address
  const groups = groupsOf(withoutZone)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped)
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 255])
      .join('.')
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

/** The eight groups of a valid IPv6 address. */
function groupsOf(address: string): readonly number[] {
  // The parser of URLs writes every form of an address in one way, in which "::" stands at most once (RFC 5952).
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = [], tail = []] = canonical.split('::').map((part) => part.split(':').filter((group) => group !== ''))
  const missing = Array.from({ length: 8 - head.length - tail.length }, () => '0')
  return [...head, ...missing, ...tail].map((group) => Number.parseInt(group, 16))
}
