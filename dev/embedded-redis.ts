import { tmpdir } from 'node:os'
import { type Child, startChild } from './child.ts'
import { freePort } from './free-port.ts'
import { redisCommand } from './redis-command.ts'

const READY_DEADLINE_MS = 10_000
const ATTEMPTS = 3
const NOTHING_ON_DISK = ['--save', '', '--appendonly', 'no', '--dir', tmpdir()]

export type EmbeddedRedis = {
  readonly url: string
  readonly port: number
  readonly process: Child
  readonly pid: number
  stop(): Promise<void>
}

export type RedisOptions = {
  /** Without it a free one is taken. */
  readonly port?: number
  /** Further arguments of `redis-server`. */
  readonly args?: readonly string[]
}

/** Starts a Redis of our own: on 127.0.0.1 only, nothing on disk, ending with this process. */
export async function startRedis(options: RedisOptions = {}): Promise<EmbeddedRedis> {
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort())
    const { server, ready } = await startServer(port, options.args ?? [])
    if (await ready) {
      return { url: `redis://127.0.0.1:${port}`, port, process: server, pid: server.pid, stop: () => server.stop() }
    }
    server.kill()
    await server.exited
    if (options.port !== undefined || attempt === ATTEMPTS) {
      throw new Error(`redis-server did not start on port ${port}:\n${server.lastLines().join('\n')}`)
    }
  }
}

async function startServer(port: number, args: readonly string[]): Promise<{ server: Child; ready: Promise<boolean> }> {
  const { promise: ready, resolve } = Promise.withResolvers<boolean>()
  const server = await startChild({
    name: 'redis',
    command: [...redisCommand(), '--port', `${port}`, '--bind', '127.0.0.1', ...NOTHING_ON_DISK, ...args],
    onLine: (line) => {
      if (line.includes('Ready to accept connections')) resolve(true)
    },
  })
  const deadline = setTimeout(() => resolve(false), READY_DEADLINE_MS)
  server.exited.then(() => resolve(false))
  ready.then(() => clearTimeout(deadline))
  return { server, ready }
}
