import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { SettingsError } from '../shared/settings.ts'
import type { Certificate } from './certificate.ts'

/** A request whose head or body takes longer is cut off. */
const REQUEST_DEADLINE_MS = 10_000

/** With a certificate it speaks TLS only. */
export function createHttpServer(app: Hono, certificate?: Certificate): Server {
  const options = { requestTimeout: REQUEST_DEADLINE_MS, headersTimeout: REQUEST_DEADLINE_MS }
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  if (certificate === undefined) return createServer(options, (request, response) => void listener(request, response))
  return createSecureServer({ ...options, ...certificate }, (request, response) => void listener(request, response))
}

/**
 * Resolves with the port when the server listens.
 *
 * @throws SettingsError when the port is taken or the address is not one of this machine's
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(explained(cause, host, port)))
    server.listen(port, host, resolve)
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

export async function closeHttpServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}

function explained(cause: Error, host: string, port: number): Error {
  if (!('code' in cause)) return cause
  if (cause.code === 'EADDRINUSE') {
    return new SettingsError([`PORT: TCP port ${port} is taken; stop what uses it, or choose another`])
  }
  if (cause.code === 'EADDRNOTAVAIL') return new SettingsError([`HOST: ${host} is not an address of this machine`])
  return cause
}
