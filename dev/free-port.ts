import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below the ports that systems hand out by themselves (Linux from 32768, others from 49152, RFC 6335 section 6): a connection
 * of anybody may take one of those before it is bound, as happened to browser tests.
 */
const LOWEST = 20_000
const HIGHEST = 32_000
const TRIES = 100

/** A TCP port of 127.0.0.1 that was free a moment ago. Whoever binds it must expect to lose that race. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(LOWEST, HIGHEST)
    if (await isTcpPortFree(port, '127.0.0.1')) return port
  }
  throw new Error(`no free TCP port was found between ${LOWEST} and ${HIGHEST}`)
}

/** Whether a server could listen on this TCP port of this address now. */
export async function isTcpPortFree(port: number, host: string): Promise<boolean> {
  const server = createServer().listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    return !isAddressInUse(error)
  }
  server.close()
  await once(server, 'close')
  return true
}

/** Whether this UDP port of 127.0.0.1 could be bound now. */
export async function isUdpPortFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4').bind(port, '127.0.0.1')
  try {
    await once(socket, 'listening')
  } catch (error) {
    return !isAddressInUse(error)
  }
  socket.close()
  await once(socket, 'close')
  return true
}

/** Anything else (no IPv6, no permission) is not a matter of who has the port, and its own error tells more. */
function isAddressInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}
