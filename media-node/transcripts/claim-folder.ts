import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { realpath } from 'node:fs/promises'
import { createServer } from 'node:net'

const NAME_LENGTH = 32

export type Claim = { release(): void }

/**
 * Claims a folder for this process. The kernel holds the claim, as the name of a socket that is no file (unix(7)), so it is
 * never stale: the death of its owner frees it. It is known within one network namespace, and where there are no such
 * names (they are Linux's) nothing is claimed.
 *
 * @returns undefined when somebody has claimed it
 */
export async function claimFolder(folder: string): Promise<Claim | undefined> {
  if (process.platform !== 'linux') return { release: () => undefined }
  const name = createHash('sha256')
    .update(await realpath(folder))
    .digest('hex')
  const server = createServer((socket) => socket.destroy())
  server.listen(`\0jbcalling-spool-${name.slice(0, NAME_LENGTH)}`)
  try {
    await once(server, 'listening')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined
    throw error
  }
  server.unref()
  return { release: () => void server.close() }
}
