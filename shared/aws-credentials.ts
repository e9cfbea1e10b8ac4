import { type DefaultProviderInit, defaultProvider } from '@aws-sdk/credential-provider-node'
import { type Clock, systemClock } from './clock.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/** Names of errors that say that the credentials are no longer, or not yet, any good, and not that a right is missing. */
const REFUSED_CREDENTIALS: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'UnrecognizedClientException',
])

type Provider = ReturnType<typeof defaultProvider>

type Wrap = <Asked, Answer>(next: (asked: Asked) => Promise<Answer>) => (asked: Asked) => Promise<Answer>

/** A client of AWS's SDK, as far as it is needed here. */
type AwsClient = {
  readonly middlewareStack: { add(wrap: Wrap, where: { readonly step: 'initialize'; readonly name: string }): void }
}

/**
 * The credentials of this process, looked for where AWS's SDK looks. The SDK keeps those that have no expiry until the
 * process ends, and what it read of a file; these are looked for anew once a service refuses them, so that a key that was
 * renewed in a file is taken up. While they stay refused that happens less and less often, in the end once a minute.
 */
export class AwsCredentials {
  readonly #clock: Clock
  #found: Provider = lookFor()
  #pauseMs = FIRST_PAUSE_MS
  #notBefore = Number.NEGATIVE_INFINITY

  /** For a client's `credentials`; it keeps what it found itself, so that the client need not. */
  readonly provide: Provider = Object.assign((init?: Parameters<Provider>[0]) => this.#found(init), {
    memoized: true,
  } as const)

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  /** Looks at what the client is answered, from now on. */
  watch(client: AwsClient): void {
    const wrap: Wrap = (next) => async (asked) => {
      try {
        const answer = await next(asked)
        this.#pauseMs = FIRST_PAUSE_MS
        return answer
      } catch (error) {
        if (error instanceof Error && REFUSED_CREDENTIALS.has(error.name)) this.#renew()
        throw error
      }
    }
    client.middlewareStack.add(wrap, { step: 'initialize', name: 'renewCredentials' })
  }

  #renew(): void {
    const now = this.#clock.now()
    if (now < this.#notBefore) return
    this.#found = lookFor()
    this.#notBefore = now + this.#pauseMs
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * this.#pauseMs)
  }
}

function lookFor(): Provider {
  const init: DefaultProviderInit & { readonly ignoreCache: boolean } = { ignoreCache: true }
  return defaultProvider(init)
}
