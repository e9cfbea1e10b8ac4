import { once } from 'node:events'
import { chmod, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import dynalite from 'dynalite'

/** What people said is for the account of whoever runs this only. */
const FOLDER_MODE = 0o700
const FILE_MODE = 0o600

/** Tables are there at once. */
export const INSTANT_TABLES = { createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 }

export type EmbeddedDynamoDb = {
  readonly endpoint: string
  stop(): Promise<void>
}

/**
 * Starts DynamoDB's API in this process, on a free port of 127.0.0.1. Any region and any credentials will do.
 * With a folder it keeps its tables there, for this account only, without one in memory. What dynalite lacks is listed in its documentation.
 */
export async function startDynamoDb(
  options: { readonly folder?: string; readonly mostItemKb?: number } = {},
): Promise<EmbeddedDynamoDb> {
  if (options.folder !== undefined) await makePrivate(options.folder)
  const store = options.folder === undefined ? {} : { path: options.folder }
  const bound = options.mostItemKb === undefined ? {} : { maxItemSizeKb: options.mostItemKb }
  const server = dynalite({ ...INSTANT_TABLES, ...store, ...bound }).listen(0, '127.0.0.1')
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

/** Makes the folder if it is missing. New files in it have the system's usual mode, but nobody else gets to them. */
async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE })
  await chmod(folder, FOLDER_MODE)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? FOLDER_MODE : FILE_MODE)
  }
}
