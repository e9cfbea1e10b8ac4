import { codeOf, EngineTrouble } from './engine-trouble.ts'

/** The service's own names of what may pass. */
const OVERLOADED = /^(LimitExceeded|Throttling|TooManyRequests|ServiceUnavailable|ServiceQuotaExceeded)/
/** Those of what stays: credentials, rights and settings. */
const REFUSED =
  /^(AccessDenied|Unrecognized|UnauthorizedException|InvalidSignature|Expired|IncompleteSignature|MissingAuthentication|OptInRequired|Subscription|InvalidClientTokenId|CredentialsProvider|ResourceNotFound|Validation|NotAuthorized)/

/**
 * What an error of the SDK means. A bad request is one of settings while a session opens, and later one of sound that
 * did not come in time. Its name is told, its message left out.
 */
export function troubleOfAmazon(error: unknown, when: { readonly opening: boolean }): EngineTrouble {
  if (error instanceof EngineTrouble) return error
  const name = error instanceof Error && /^[A-Za-z]{1,64}$/.test(error.name) ? error.name : 'Error'
  const detail = name === 'Error' ? codeOf(error) : name
  if (OVERLOADED.test(name)) return new EngineTrouble('overloaded', detail)
  const refused = REFUSED.test(name) || (when.opening && name === 'BadRequestException')
  return new EngineTrouble(refused ? 'refused' : 'unreachable', detail)
}
