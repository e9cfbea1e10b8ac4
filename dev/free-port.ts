import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** A TCP port of 127.0.0.1 that was free a moment ago. Whoever binds it must expect to lose that race. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('the system gave no port')
  return address.port
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
