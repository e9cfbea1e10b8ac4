import { z } from 'zod'
import { redisSettings } from '../shared/node-registry/redis-settings.ts'
import { checkedTogether, list, whole } from '../shared/settings.ts'
import { translatorProblems, translatorSettings } from './captions/translation/translator-settings.ts'
import { speechToTextProblems, speechToTextShape } from './speech-to-text-settings.ts'
import { transcriptSettings } from './transcripts/transcript-settings.ts'

/** What a media node reads from its environment. */
export const mediaNodeSettings = checkedTogether(
  z.object({
    NODE_ID: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'a letter or digit, then up to 63 of letters, digits, . _ and -')
      .optional()
      .meta({ description: 'Names this media node; no two may have the same', defaultText: 'the host name' }),
    REGION: z.string().min(1).max(64).default('local').meta({ description: 'Region that rooms may ask for' }),
    HOST: z.string().default('127.0.0.1').meta({ description: 'Address on which signalling listens' }),
    PORT: whole(0, 65_535).default(8081).meta({ description: 'TCP port of signalling; 0 takes a free one' }),
    METRICS_HOST: z.string().default('127.0.0.1').meta({
      description: 'Address on which `/metrics` and `/stats` are answered, to everybody who reaches it',
    }),
    METRICS_PORT: whole(0, 65_535)
      .default(9_091)
      .meta({ description: 'TCP port of `/metrics` and `/stats`; 0 takes a free one' }),
    PROXY_HOPS: whole(0, 8)
      .default(0)
      .meta({ description: 'Proxies before this media node, whose word in `X-Forwarded-For` says who connects' }),
    TLS_FOLDER: z.string().optional().meta({
      description:
        'Folder of `cert.pem` and `key.pem`, with which `PORT` speaks TLS; replaced ones are taken up in a minute',
    }),
    PUBLIC_URL: z
      .url({ protocol: /^wss?$/ })
      .optional()
      .meta({
        description:
          'How browsers reach this media node, such as `wss://node-1.example.com` or `wss://example.com/media/node-1`',
        defaultText: '`ws://localhost:PORT`',
      }),
    INTERNAL_URL: z
      .url({ protocol: /^https?$/ })
      .optional()
      .meta({
        description:
          'How the control plane and a proxy reach this media node, such as `http://10.0.1.7:8081`; a host name is looked up at the start',
        defaultText: 'by `PUBLIC_URL`',
      }),
    MEDIA_LISTEN_IP: z.string().default('127.0.0.1').meta({ description: 'Address on which media is received' }),
    MEDIA_ADDRESS: z.string().default('127.0.0.1').meta({
      description: 'Address at which browsers reach `MEDIA_LISTEN_IP`, or a host name that is looked up at the start',
    }),
    MEDIA_PORT: whole(0, 65_535)
      .default(40_000)
      .meta({ description: 'UDP and TCP port of the first worker, the next ones follow; 0 takes free ones' }),
    WORKERS: whole(1, 256)
      .optional()
      .meta({ description: 'Media workers, each with a port and up to one core', defaultText: 'one for each core' }),
    ...redisSettings,
    ROOMS_TABLE: z
      .string()
      .default('jbcalling-rooms')
      .meta({ description: 'DynamoDB table of rooms, where this media node looks up which are still its own' }),
    JWKS_URL: z
      .url({ protocol: /^https?$/ })
      .default('http://127.0.0.1:8080/.well-known/jwks.json')
      .meta({ description: "The control plane's public keys, which check join tokens" }),
    ALLOWED_ORIGINS: list()
      .default([])
      .meta({ description: 'Comma-separated origins of pages that may connect; `*` is any', defaultText: 'none' }),
    ...speechToTextShape,
    CAPTION_LANES: whole(1, 64).default(2).meta({ description: 'Threads that decode and recognise speech' }),
    ...translatorSettings,
    ...transcriptSettings,
    MAX_PARTICIPANTS: whole(1, 1_000_000)
      .default(400)
      .meta({ description: 'So many participants this media node takes, however little they do' }),
    JOINS_PER_MINUTE_PER_ADDRESS: whole(1, 1_000_000)
      .default(60)
      .meta({ description: 'Joins from one address (IPv6: one /64) per minute; so many may come at once' }),
    MAX_PARTICIPANTS_PER_ADDRESS_AND_ROOM: whole(1, 1_000_000)
      .default(60)
      .meta({ description: 'Participants of one room who joined from one address (IPv6: one /64)' }),
    MAX_ROOMS: whole(1, 1_000_000)
      .default(1_000)
      .meta({ description: 'Rooms in all, of which each takes about 120 KB; with so many this media node is full' }),
    MAX_EMPTY_ROOMS_PER_ADDRESS: whole(1, 1_000_000)
      .default(20)
      .meta({ description: 'Empty rooms that are held of those opened from one address; the oldest closes first' }),
    EMPTY_ROOM_SECONDS: whole(0, 86_400)
      .default(600)
      .meta({ description: 'Longest time that a room without participants is held, whatever its creator asked for' }),
    MAX_CONNECTIONS: whole(1, 1_000_000)
      .default(2_000)
      .meta({ description: 'Signalling connections in all whose join or resume token was good' }),
    MAX_WAITING_CONNECTIONS: whole(1, 1_000_000)
      .default(500)
      .meta({ description: 'Signalling connections in all whose token was not good, or not checked yet' }),
    MAX_CONNECTIONS_PER_ADDRESS: whole(1, 1_000_000)
      .default(200)
      .meta({ description: 'Signalling connections from one address (IPv6: one /64)' }),
    CONNECTIONS_PER_SECOND_PER_ADDRESS: whole(1, 100_000)
      .default(50)
      .meta({ description: 'New signalling connections from one address, per second in the long run' }),
    DRAIN_DEADLINE_SECONDS: whole(0, 86_400).default(60).meta({
      description: 'Seconds after SIGTERM in which calls may move to other media nodes; 0 cuts them off at once',
    }),
    STOP_DEADLINE_MS: whole(0, 3_600_000)
      .default(10_000)
      .meta({ description: 'Milliseconds that a stop may take once calls have moved, or after SIGINT' }),
    LOG_LEVEL: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
      .default('info')
      .meta({ description: 'Least severe level that is logged' }),
  }),
  (settings) => [...translatorProblems(settings), ...speechToTextProblems(settings)],
)

export type MediaNodeSettings = z.infer<typeof mediaNodeSettings>
