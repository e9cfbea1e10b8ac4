import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { callerOf } from '../shared/caller-address.ts'
import { SettingsError } from '../shared/settings.ts'
import type { Certificate } from './certificate.ts'

/** A TLS handshake, or a request's head or body, that takes longer is cut off. */
const REQUEST_DEADLINE_MS = 10_000

/** How often Node looks for requests that are late. */
const LOOK_INTERVAL_MS = 1_000

/** With a certificate it speaks TLS only. */
export function createHttpServer(app: Hono, certificate?: Certificate): Server {
  const options = {
    requestTimeout: REQUEST_DEADLINE_MS,
    headersTimeout: REQUEST_DEADLINE_MS,
    connectionsCheckingInterval: LOOK_INTERVAL_MS,
  }
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  if (certificate === undefined) return createServer(options, (request, response) => void listener(request, response))
  return createSecureServer(
    { ...options, ...certificate, handshakeTimeout: REQUEST_DEADLINE_MS },
    (request, response) => void listener(request, response),
  )
}

export type SocketLimits = {
  readonly inAll: number
  /** Sockets of one caller; undefined behind a proxy, where all are the proxy's. */
  readonly perCaller: number | undefined
  /** A socket was cut off before anything was read of it. */
  readonly refused: () => void
}

/** Cuts off sockets beyond the limits, also those that never send a request or never end their TLS handshake. */
export function limitSockets(server: Server, { inAll, perCaller = inAll, refused }: SocketLimits): void {
  const open = new Map<string, number>()
  server.maxConnections = inAll
  server.on('drop', refused)
  server.on('connection', (socket) => {
    const caller = callerOf(socket.remoteAddress ?? '')
    const count = open.get(caller) ?? 0
    if (count >= perCaller) {
      refused()
      socket.destroy()
      return
    }
    open.set(caller, count + 1)
    socket.once('close', () => {
      const left = (open.get(caller) ?? 1) - 1
      if (left > 0) open.set(caller, left)
      else open.delete(caller)
    })
  })
}

export type Listening = {
  readonly host: string
  readonly port: number
  /** What the names of the settings of host and port begin with. */
  readonly settings: '' | 'METRICS_'
}

/**
 * Resolves with the port when the server listens.
 *
 * @throws SettingsError when the port is taken or the address is not one of this machine's
 */
export async function listen(server: Server, where: Listening): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(explained(cause, where)))
    server.listen(where.port, where.host, resolve)
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : where.port
}

export async function closeHttpServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}

function explained(cause: Error, { host, port, settings }: Listening): Error {
  if (!('code' in cause)) return cause
  if (cause.code === 'EADDRINUSE') {
    return new SettingsError([`${settings}PORT: TCP port ${port} is taken; stop what uses it, or choose another`])
  }
  if (cause.code === 'EADDRNOTAVAIL') {
    return new SettingsError([`${settings}HOST: ${host} is not an address of this machine`])
  }
  return cause
}
