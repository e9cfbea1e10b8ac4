import { TranslateClient, TranslateServiceException, TranslateTextCommand } from '@aws-sdk/client-translate'
import { AwsCredentials } from '../../../shared/aws-credentials.ts'
import type { Clock } from '../../../shared/clock.ts'
import { RecentMap } from '../../../shared/recent-map.ts'
import { textWithinBytes } from '../caption-text.ts'
import { lookupOrder } from './language-lookup.ts'
import { nothingToTranslate } from './nothing-to-translate.ts'
import type { Translation, TranslationFailure, TranslationRequest, Translator } from './translator.ts'
import { within } from './within.ts'

export type AmazonTranslateSettings = {
  readonly region: string
  /** Undefined: AWS's own in the region. */
  readonly endpoint: string | undefined
}

/** The service's own limit (https://docs.aws.amazon.com/translate/latest/dg/what-is-limits.html). */
const MOST_BYTES = 10_000
/** More than any caption has; one of them whose characters have three bytes each is cut to what the service takes. */
const MOST_CHARACTERS = 10_000
const REQUEST_DEADLINE_MS = 5_000
const CONNECT_TIMEOUT_MS = 2_000
const CONNECTIONS = 16
const MOST_REQUESTS = 64
const MOST_UNSUPPORTED = 1_000
const UNSUPPORTED_FOR_MS = 60 * 60_000

/** What it names by more than the language (https://docs.aws.amazon.com/translate/latest/dg/what-is-languages.html). */
const CODES: Readonly<Record<string, string>> = {
  'es-MX': 'es-MX',
  'fr-CA': 'fr-CA',
  'fa-AF': 'fa-AF',
  'pt-PT': 'pt-PT',
  'zh-TW': 'zh-TW',
  'zh-Hant': 'zh-TW',
  fil: 'tl',
  nb: 'no',
  nn: 'no',
}

/** Names of errors, since not all are classes of the SDK; all others may pass. */
const KINDS: Readonly<Record<string, TranslationFailure['kind']>> = {
  UnsupportedLanguagePairException: 'pair_unsupported',
  ThrottlingException: 'overloaded',
  TooManyRequestsException: 'overloaded',
  LimitExceededException: 'overloaded',
  ServiceUnavailableException: 'overloaded',
  TextSizeLimitExceededException: 'overloaded',
  CredentialsProviderError: 'refused',
  UnrecognizedClientException: 'refused',
  InvalidSignatureException: 'refused',
  IncompleteSignatureException: 'refused',
  MissingAuthenticationTokenException: 'refused',
  ExpiredTokenException: 'refused',
  AccessDeniedException: 'refused',
  OptInRequired: 'refused',
}

/** Translates with Amazon Translate; credentials are those that AWS's SDK finds by itself. */
export class AmazonTranslate implements Translator {
  readonly #client: TranslateClient
  readonly #clock: Clock
  /** Until when each pair is known to be none. */
  readonly #unsupported = new RecentMap<string, number>(MOST_UNSUPPORTED)
  #requests = 0

  constructor({ region, endpoint }: AmazonTranslateSettings, clock: Clock) {
    this.#clock = clock
    const credentials = new AwsCredentials(clock)
    this.#client = new TranslateClient({
      region,
      credentials: credentials.provide,
      ...(endpoint !== undefined && { endpoint }),
      // Who asks decides whether a caption is still worth another attempt.
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: CONNECT_TIMEOUT_MS,
        requestTimeout: REQUEST_DEADLINE_MS,
        httpAgent: { maxSockets: CONNECTIONS },
        httpsAgent: { maxSockets: CONNECTIONS },
      },
    })
    credentials.watch(this.#client)
  }

  /** True of every pair that the service has not lately said it does not know. */
  supports(from: string, to: string): boolean {
    const pair = pairOf(from, to)
    return pair !== undefined && !this.#isUnsupported(pair.key)
  }

  async translate({ text, from, to, signal }: TranslationRequest): Promise<Translation> {
    const pair = pairOf(from, to)
    if (pair === undefined || this.#isUnsupported(pair.key)) return failure('pair_unsupported')
    if (text.length > MOST_CHARACTERS) return { kind: 'overloaded', detail: 'the text is too long' }
    if (nothingToTranslate(text)) return { text }
    if (this.#requests >= MOST_REQUESTS) return { kind: 'overloaded', detail: 'too many texts wait for an answer' }
    const command = new TranslateTextCommand({
      Text: textWithinBytes(text.toWellFormed(), MOST_BYTES),
      SourceLanguageCode: pair.source,
      TargetLanguageCode: pair.target,
    })
    this.#requests += 1
    try {
      return await within({ signal, clock: this.#clock, deadlineMs: REQUEST_DEADLINE_MS }, async (abortSignal) => {
        const { TranslatedText } = await this.#client.send(command, { abortSignal })
        return typeof TranslatedText === 'string' ? { text: TranslatedText } : failure('unreachable')
      })
    } catch (error) {
      const kind = kindOf(error)
      if (kind === 'pair_unsupported') this.#unsupported.set(pair.key, this.#clock.now() + UNSUPPORTED_FOR_MS)
      return failure(kind)
    } finally {
      this.#requests -= 1
    }
  }

  async close(): Promise<void> {
    this.#client.destroy()
  }

  #isUnsupported(key: string): boolean {
    return this.#clock.now() < (this.#unsupported.get(key) ?? 0)
  }
}

function pairOf(from: string, to: string): { source: string; target: string; key: string } | undefined {
  const [source, target] = [codeOf(from), codeOf(to)]
  if (source === undefined || target === undefined || source === target) return undefined
  return { source, target, key: `${source} ${target}` }
}

function codeOf(tag: string): string | undefined {
  const order = lookupOrder(tag)
  return order.map((tag) => CODES[tag]).find((code) => code !== undefined) ?? order.at(-1)
}

function kindOf(error: unknown): TranslationFailure['kind'] {
  if (!(error instanceof Error)) return 'unreachable'
  const known = KINDS[error.name]
  if (known !== undefined) return known
  const status = error instanceof TranslateServiceException ? error.$metadata.httpStatusCode : undefined
  if (status === 401 || status === 403) return 'refused'
  return status === 429 || status === 503 ? 'overloaded' : 'unreachable'
}

const DETAILS: Readonly<Record<TranslationFailure['kind'], string>> = {
  unreachable: 'Amazon Translate cannot be reached, broke off or answered something else',
  overloaded: 'Amazon Translate takes no more at the moment',
  refused: 'Amazon Translate does not accept the credentials',
  pair_unsupported: 'Amazon Translate does not know this pair',
}

function failure(kind: TranslationFailure['kind']): TranslationFailure {
  return { kind, detail: DETAILS[kind] }
}
