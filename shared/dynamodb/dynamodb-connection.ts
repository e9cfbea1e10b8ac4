import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { AwsCredentials } from '../aws-credentials.ts'
import { systemClock } from '../clock.ts'
import { afterRunning } from '../deadline.ts'
import { CallError } from '../protocol/error-code.ts'

/** No call takes longer, retries included, unless it is given a deadline of its own. */
const CALL_DEADLINE_MS = 2_000

const REQUEST_TIMEOUT_MS = 800
const CONNECT_TIMEOUT_MS = 500
const MAX_ATTEMPTS = 3

const REFUSALS_FOR_GOOD: ReadonlySet<string> = new Set([
  'ItemCollectionSizeLimitExceededException',
  'SerializationException',
  'ValidationException',
])

/** Which table, and where. Without an endpoint it is AWS's own, without credentials those of the environment. */
export type TableLocation = {
  readonly endpoint?: string
  readonly region: string
  readonly table: string
  readonly credentials?: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }
}

export function connectToDynamoDb(location: TableLocation): DynamoDBClient {
  const found = new AwsCredentials()
  const client = new DynamoDBClient({
    region: location.region,
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
    ...(location.endpoint !== undefined && { endpoint: location.endpoint }),
    credentials: location.credentials ?? found.provide,
  })
  if (location.credentials === undefined) found.watch(client)
  return client
}

/** Runs what one call takes, to its deadline. @throws CallError `unavailable` when it could not be made */
export async function call<T>(
  send: (options: { abortSignal: AbortSignal }) => Promise<T>,
  deadlineMs = CALL_DEADLINE_MS,
): Promise<T> {
  const late = new AbortController()
  const cancel = afterRunning(systemClock, deadlineMs, () => late.abort())
  try {
    return await send({ abortSignal: late.signal })
  } catch (cause) {
    throw new CallError('unavailable', 'The store cannot be reached.', { cause })
  } finally {
    cancel()
  }
}

/**
 * Whether DynamoDB refused what it was sent, and would however often it were sent: an attribute, a key or an item's size
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html).
 */
export function isRefusedForGood({ cause }: CallError): boolean {
  return cause instanceof Error && REFUSALS_FOR_GOOD.has(cause.name)
}

/** Runs a conditional write; undefined when its condition did not hold. @throws CallError `unavailable` */
export function conditionally<T>(send: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T | undefined> {
  return call(async (options) => {
    try {
      return await send(options)
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined
      throw error
    }
  })
}
