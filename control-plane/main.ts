import type { AddressInfo } from 'node:net'
import { type ServerType, serve } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { callerAddress } from '../shared/caller-address.ts'
import { createLogger, type Logger } from '../shared/logging.ts'
import { readSettings, SettingsError } from '../shared/settings.ts'
import { composeControlPlane } from './compose-control-plane.ts'
import { servePage } from './serve-page.ts'
import { type ControlPlaneSettings, controlPlaneSettings } from './settings.ts'

/** A client that takes longer to send its request is cut off. */
const REQUEST_READ_TIMEOUT_MS = 10_000

const settings = settingsOrExit()
const logger = createLogger({ name: 'control-plane', level: settings.LOG_LEVEL })
const controlPlane = await composeControlPlane({
  settings,
  logger,
  addressOf: (c) => {
    const remoteAddress = getConnInfo(c).remote.address
    return callerAddress({ remoteAddress, forwardedFor: c.req.header('x-forwarded-for') }, settings.PROXY_HOPS)
  },
}).catch((err: unknown) => {
  logger.fatal({ err }, 'cannot start')
  process.exit(1)
})
if (settings.PAGE_DIR !== undefined) servePage(controlPlane.app, settings.PAGE_DIR)

const server = serve(
  {
    fetch: controlPlane.app.fetch,
    hostname: settings.HOST,
    port: settings.PORT,
    serverOptions: { requestTimeout: REQUEST_READ_TIMEOUT_MS, headersTimeout: REQUEST_READ_TIMEOUT_MS },
  },
  (address) => logger.info({ url: urlOf(address) }, 'listening'),
)
server.on('error', (err) => {
  logger.fatal(
    { err },
    `cannot listen on ${settings.HOST}:${settings.PORT}; set HOST and PORT to an address that is free`,
  )
  process.exit(1)
})

let stopping = false
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(1)
    stopping = true
    logger.info({ signal }, 'stopping; a second signal stops at once')
    void stop(server, settings, logger)
  })
}

/** Takes no more connections, lets the requests under way finish until the deadline, and ends the process. */
async function stop(server: ServerType, { SHUTDOWN_DEADLINE_MS }: ControlPlaneSettings, logger: Logger): Promise<void> {
  const deadline = setTimeout(() => {
    logger.warn('requests under way were cut off at the deadline')
    if ('closeAllConnections' in server) server.closeAllConnections()
  }, SHUTDOWN_DEADLINE_MS)
  await new Promise((resolve) => server.close(resolve))
  clearTimeout(deadline)
  await controlPlane.close()
  logger.info('stopped')
  process.exit(0)
}

function settingsOrExit(): ControlPlaneSettings {
  try {
    return readSettings(controlPlaneSettings, process.env)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
