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
