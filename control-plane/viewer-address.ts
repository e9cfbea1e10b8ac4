import { callerAddress } from '../shared/caller-address.ts'
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
  return ({ pageAuthorization, ...connection }) => {
    if (isPage(pageAuthorization) === undefined) return callerAddress(connection, 0)
    const last = callerAddress(connection, 1)
    return last === connection.remoteAddress ? callerAddress(connection, 2) : last
  }
}
