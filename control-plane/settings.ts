import { z } from 'zod'
import { dynamoDbSettings } from '../shared/dynamodb/dynamodb-settings.ts'
import { list, whole } from '../shared/settings.ts'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/
const MIN_API_KEY_LENGTH = 16

/** What the control plane reads from its environment. */
export const controlPlaneSettings = z
  .object({
    HOST: z.string().default('127.0.0.1').meta({ description: 'Address to listen on' }),
    PORT: whole(0, 65_535).default(8080).meta({ description: 'TCP port to listen on; 0 takes a free one' }),
    REDIS_URL: z
      .url({ protocol: /^rediss?$/ })
      .default('redis://127.0.0.1:6379')
      .meta({ description: 'Redis or Valkey, where the media nodes announce themselves' }),
    ...dynamoDbSettings,
    ROOMS_TABLE: z.string().default('jbcalling-rooms').meta({ description: 'DynamoDB table of rooms and allocations' }),
    MAX_NODE_LOAD: z.coerce
      .number()
      .gt(0)
      .max(1)
      .default(0.8)
      .meta({ description: 'Load (0 to 1) from which a media node is given no more rooms' }),
    AUTH_MODE: z.enum(['open', 'api-key']).default('open').meta({
      description: 'Who may call `/v1`: `open` is everybody (only on a loopback `HOST`), `api-key` needs a key',
    }),
    API_KEYS: list()
      .pipe(z.array(z.string().min(MIN_API_KEY_LENGTH, `each needs at least ${MIN_API_KEY_LENGTH} characters`)))
      .default([])
      .meta({ description: 'Comma-separated keys for `AUTH_MODE=api-key`, sent as `Authorization: Bearer <key>`' }),
    PAGE_DIR: z.string().optional().meta({ description: 'Folder of the built page, served at `/`' }),
    SIGNING_KEY_FILE: z
      .string()
      .optional()
      .meta({ description: 'File of the Ed25519 keys that sign join tokens (JWK or JWKS); made if it is missing' }),
    SIGNING_KEY: z
      .string()
      .optional()
      .meta({ description: 'The same keys by value, instead of a file; without either, a key is made at each start' }),
    LOG_LEVEL: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
      .default('info')
      .meta({ description: 'Least severe level that is logged' }),
    CORS_ORIGINS: list().default([]).meta({ description: 'Comma-separated origins of pages that may call the API' }),
    BODY_LIMIT_BYTES: whole(1_024, 1_048_576).default(16_384).meta({ description: 'Largest request body in bytes' }),
    REQUEST_TIMEOUT_MS: whole(100, 60_000)
      .default(5_000)
      .meta({ description: 'A request not answered after this many milliseconds is answered `request_timeout`' }),
    RATE_LIMIT_PER_MINUTE: whole(1, 1_000_000)
      .default(1_200)
      .meta({ description: 'Calls of `/v1` per minute for each caller: an API key, or else an address' }),
    SHUTDOWN_DEADLINE_MS: whole(0, 600_000)
      .default(10_000)
      .meta({ description: 'Milliseconds that requests under way have left after SIGTERM' }),
  })
  .superRefine(({ AUTH_MODE, API_KEYS, HOST }, context) => {
    if (AUTH_MODE === 'open' && !LOOPBACK.test(HOST)) {
      context.addIssue({
        code: 'custom',
        path: ['AUTH_MODE'],
        message: '`open` is only for a loopback HOST, such as 127.0.0.1: others could make rooms; use `api-key`',
      })
    }
    if (AUTH_MODE === 'api-key' && API_KEYS.length === 0) {
      context.addIssue({ code: 'custom', path: ['API_KEYS'], message: 'AUTH_MODE=api-key needs at least one' })
    }
  })

export type ControlPlaneSettings = z.infer<typeof controlPlaneSettings>
