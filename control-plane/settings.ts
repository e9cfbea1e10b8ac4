import { z } from 'zod'
import { dynamoDbSettings } from '../shared/dynamodb/dynamodb-settings.ts'
import { isLoopback } from '../shared/loopback.ts'
import { redisSettings } from '../shared/node-registry/redis-settings.ts'
import { checkedTogether, list, type SettingProblem, whole } from '../shared/settings.ts'
import { guestSettings } from './guest-settings.ts'
import { turnProblems, turnSettings } from './turn-settings.ts'

const MIN_API_KEY_LENGTH = 16
/** A host-source of CSP (W3C Content Security Policy Level 3, §2.3.1) for WebSockets. */
const WEBSOCKET_SOURCE = /^wss?:\/\/(\*|(\*\.)?[a-z0-9.-]+)(:(\d{1,5}|\*))?(\/[\w./-]*)?$/i
const AUTH_MODES = ['open', 'api-key', 'guests'] as const

/** What the control plane reads from its environment. */
export const controlPlaneSettings = checkedTogether(
  z.object({
    HOST: z.string().default('127.0.0.1').meta({ description: 'Address to listen on' }),
    PORT: whole(0, 65_535).default(8080).meta({ description: 'TCP port to listen on; 0 takes a free one' }),
    ...redisSettings,
    ...dynamoDbSettings,
    ROOMS_TABLE: z.string().default('jbcalling-rooms').meta({ description: 'DynamoDB table of rooms and allocations' }),
    MAX_NODE_LOAD: z.coerce
      .number()
      .gt(0)
      .max(1)
      .default(0.8)
      .meta({ description: 'Load (0 to 1) from which a media node is given no more rooms' }),
    AUTH_MODE: z.enum(AUTH_MODES).default('open').meta({
      description:
        'Who may call `/v1`: `open` is everybody (only on a loopback `HOST`), `api-key` needs a key, `guests` lets everybody make and join rooms by their names, as the page does, lets those who were in a room read it and its transcript, and needs a key for the rest',
    }),
    API_KEYS: list()
      .pipe(z.array(z.string().min(MIN_API_KEY_LENGTH, `each needs at least ${MIN_API_KEY_LENGTH} characters`)))
      .default([])
      .meta({
        description: 'Comma-separated keys for `AUTH_MODE=api-key` and `guests`, sent as `Authorization: Bearer <key>`',
      }),
    PROXY_HOPS: whole(0, 8)
      .default(0)
      .meta({ description: 'Proxies before the control plane, whose word in `X-Forwarded-For` says who calls' }),
    ...guestSettings,
    ...turnSettings,
    PAGE_DIR: z.string().optional().meta({ description: 'Folder of the built page, served at `/`' }),
    PAGE_CONNECT_SOURCES: list()
      .pipe(
        z.array(
          z.string().regex(WEBSOCKET_SOURCE, 'each such as wss://*.media.example.com or wss://example.com/media/'),
        ),
      )
      .optional()
      .meta({
        description:
          'Comma-separated addresses of media nodes to which the page may connect besides its own host, as sources of a Content Security Policy',
        defaultText: 'any port of `localhost` with `AUTH_MODE=open`, else none',
      }),
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
  }),
  (settings) => [...authProblems(settings), ...turnProblems(settings)],
)

export type ControlPlaneSettings = z.infer<typeof controlPlaneSettings>

type AuthSettings = {
  readonly AUTH_MODE: (typeof AUTH_MODES)[number]
  readonly API_KEYS: readonly string[]
  readonly HOST: string
}

function authProblems({ AUTH_MODE, API_KEYS, HOST }: Partial<AuthSettings>): readonly SettingProblem[] {
  if (AUTH_MODE === 'open' && HOST !== undefined && !isLoopback(HOST)) {
    const message =
      '`open` is only for a loopback HOST, such as 127.0.0.1: others could drain media nodes; use `api-key` or `guests`'
    return [{ name: 'AUTH_MODE', message }]
  }
  if (AUTH_MODE === 'api-key' && API_KEYS?.length === 0) {
    return [{ name: 'API_KEYS', message: 'AUTH_MODE=api-key needs at least one' }]
  }
  return []
}
