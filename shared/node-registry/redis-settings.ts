import { z } from 'zod'
import { list } from '../settings.ts'
import type { RedisLocation } from './primary-address.ts'

const redisUrl = () => z.url({ protocol: /^rediss?$/ })

/** What every process that uses the node registry reads from its environment; part of its settings. */
export const redisSettings = {
  REDIS_URL: redisUrl().default('redis://127.0.0.1:6379').meta({
    description:
      'Redis or Valkey, where the media nodes announce themselves: the primary by a name that follows it, or any server of a cluster',
  }),
  REDIS_SENTINELS: list().pipe(z.array(redisUrl())).default([]).meta({
    description:
      'Comma-separated URLs of the Sentinels that know the primary, such as `redis://10.0.0.1:26379`; from `REDIS_URL` come then only user, password and whether to use TLS',
  }),
  REDIS_SENTINEL_NAME: z
    .string()
    .min(1)
    .default('mymaster')
    .meta({ description: 'The name by which `REDIS_SENTINELS` know the primary' }),
}

const shape = z.object(redisSettings)

/** Where the registry is, by the settings. */
export function redisLocation(settings: z.infer<typeof shape>): RedisLocation {
  return { url: settings.REDIS_URL, sentinels: settings.REDIS_SENTINELS, sentinelName: settings.REDIS_SENTINEL_NAME }
}
