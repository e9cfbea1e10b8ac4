import { once } from 'node:events'
import dynalite from 'dynalite'

/** Tables are there at once. */
export const INSTANT_TABLES = { createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 }

export type EmbeddedDynamoDb = {
  readonly endpoint: string
  stop(): Promise<void>
}

/**
 * Starts DynamoDB's API in this process, on a free port of 127.0.0.1. Any region and any credentials will do.
 * With a folder it keeps its tables there, without one in memory. What dynalite lacks is listed in its documentation.
 */
export async function startDynamoDb(options: { readonly folder?: string } = {}): Promise<EmbeddedDynamoDb> {
  const store = options.folder === undefined ? {} : { path: options.folder }
  const server = dynalite({ ...INSTANT_TABLES, ...store }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the system gave no port')
  const endpoint = `http://127.0.0.1:${address.port}`
  const stop = async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  return { endpoint, stop }
}
