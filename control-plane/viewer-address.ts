import { authenticator } from './authenticate.ts'

/** Header in which the page's CloudFront shows its key, as `Bearer <key>`. */
export const PAGE_AUTHORIZATION = 'x-page-authorization'

type Call = {
  /** As API Gateway saw it. */
  readonly remoteAddress: string | undefined
  readonly pageAuthorization: string | undefined
  readonly forwardedFor: string | undefined
}

/**
 * Makes the search for the address a call came from, on AWS. It is the one that API Gateway saw, unless that was the page's
 * CloudFront, which alone knows the key: it has put the address that it saw at the end of `X-Forwarded-For`, where API
 * Gateway adds CloudFront's own. What stands further left was sent by the caller.
 */
export function viewerAddress(pageKey: string | undefined): (call: Call) => string {
  const isPage = authenticator(pageKey === undefined ? [] : [pageKey])
  return ({ remoteAddress = 'unknown', pageAuthorization, forwardedFor = '' }) => {
    if (isPage(pageAuthorization) === undefined) return remoteAddress
    const seen = forwardedFor.split(',').map((address) => address.trim())
    if (seen.at(-1) === remoteAddress) seen.pop()
    return seen.at(-1) || remoteAddress
  }
}
