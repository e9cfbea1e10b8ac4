import { systemClock } from '../shared/clock.ts'
import { createLogger } from '../shared/logging.ts'
import { CallError } from '../shared/protocol/error-code.ts'
import { readSettings } from '../shared/settings.ts'
import { createApp } from './app.ts'
import { createMetrics } from './metrics.ts'
import { openApiDocument } from './openapi-document.ts'
import { controlPlaneSettings } from './settings.ts'
import { generateSigningKeys, readSigningKeys } from './signing-keys.ts'

/** Prints the OpenAPI document. To renew it: `node control-plane/openapi.ts > control-plane/openapi.json`, then `npm run format`. */

async function away(): Promise<never> {
  throw new CallError('unavailable', 'Only the document is wanted.')
}

const app = createApp({
  rooms: { create: away, read: away, allocate: away, touch: away, remove: away, ping: away, close: () => undefined },
  transcripts: { append: away, read: away, remove: away, ping: away, close: () => undefined },
  registry: {
    heartbeat: away,
    leave: away,
    stillAlive: away,
    alive: away,
    find: away,
    reserve: away,
    release: away,
    suspect: away,
    expiredReservations: away,
    send: away,
    ping: away,
    close: away,
  },
  probe: away,
  signingKeys: await readSigningKeys(await generateSigningKeys()),
  clock: systemClock,
  logger: createLogger({ name: 'openapi', level: 'silent' }),
  metrics: createMetrics(),
  settings: readSettings(controlPlaneSettings, {}),
  addressOf: () => 'nobody',
})
process.stdout.write(`${JSON.stringify(openApiDocument(app), null, 2)}\n`)
