import { join, resolve } from 'node:path'
import { ROOT } from './bootstrap/paths.mjs'
import type { LaunchOptions } from './launch-options.mjs'
import { ANY_AWS_ACCOUNT, type AwsAccount, defaultWorkersPerNode } from './product-environment.ts'
import type { ProductOptions } from './start-product.ts'

const FIRST_MEDIA_PORT = 40_000
const HIGHEST_PORT = 65_535
const MOST_WORKERS = 64

export type LaunchSettings = Omit<ProductOptions, 'onLine'> & {
  /** What outlasts the product; one product at a time has it. */
  readonly dataFolder: string
}

/**
 * What the launcher starts, made of its options and its environment.
 * @throws Error that names the setting which is wrong
 */
export function launchSettings(options: LaunchOptions, env: NodeJS.ProcessEnv): LaunchSettings {
  const { port, nodes, verbose } = options
  const { REDIS_URL, DYNAMODB_ENDPOINT, STT_ENGINE = 'pocketsphinx', LOG_LEVEL = verbose ? 'info' : 'warn' } = env
  const dataFolder = env['DATA_DIR'] ? resolve(env['DATA_DIR']) : join(ROOT, '.data')
  return {
    port,
    nodes,
    mediaPort: wholeNumber(env, 'MEDIA_PORT', HIGHEST_PORT) ?? FIRST_MEDIA_PORT,
    workersPerNode: wholeNumber(env, 'WORKERS', MOST_WORKERS) ?? defaultWorkersPerNode(nodes),
    redisUrl: REDIS_URL || undefined,
    dynamoDbEndpoint: DYNAMODB_ENDPOINT || undefined,
    awsAccount: DYNAMODB_ENDPOINT ? givenAwsAccount(env) : ANY_AWS_ACCOUNT,
    dynamoDbFolder: join(dataFolder, 'dynamodb'),
    signingKeyFile: join(dataFolder, 'signing-key.json'),
    spoolFolder: join(dataFolder, 'spool'),
    dataFolder,
    // Where there is one machine a slow call is better than none.
    env: { MAX_NODE_LOAD: '1', ...env, STT_ENGINE, LOG_LEVEL },
  }
}

function givenAwsAccount(env: NodeJS.ProcessEnv): AwsAccount {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = { ...ANY_AWS_ACCOUNT, ...env }
  const { AWS_SESSION_TOKEN } = env
  return {
    AWS_REGION,
    AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN !== undefined && { AWS_SESSION_TOKEN }),
  }
}

function wholeNumber(env: NodeJS.ProcessEnv, name: string, most: number): number | undefined {
  const text = env[name]
  if (text === undefined || text === '') return undefined
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1 || number > most) {
    throw new Error(`${name} is not a whole number from 1 to ${most}`)
  }
  return number
}
