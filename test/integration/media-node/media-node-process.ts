import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { within } from './until.ts'

const main = join(import.meta.dirname, '../../../media-node/main.ts')
const started = z.object({ msg: z.literal('the media node takes participants'), port: z.int(), metricsPort: z.int() })

/** Nobody listens there. */
const NO_REDIS = 'redis://127.0.0.1:1'

/** `media-node/main.ts` as the process that an operator runs. */
export class MediaNodeProcess {
  readonly child: ChildProcess
  readonly exited: Promise<number | null>
  stderr = ''

  constructor(env: Readonly<Record<string, string>>) {
    const settings = {
      REDIS_URL: NO_REDIS,
      STT_ENGINE: 'none',
      PORT: '0',
      METRICS_PORT: '0',
      MEDIA_PORT: '0',
      WORKERS: '1',
      CAPTION_LANES: '1',
      TRANSCRIPT_RETENTION_DAYS: '0',
    }
    this.child = spawn(process.execPath, [main], {
      env: { ...process.env, ...settings, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.child.stderr?.on('data', (data) => {
      this.stderr += String(data)
    })
    this.exited = once(this.child, 'close').then(([code]) => code)
  }

  /** The port of its signalling, once it takes participants. */
  async port(): Promise<number> {
    return (await this.ports()).port
  }

  /** Those of its signalling and of its metrics, once it takes participants. */
  async ports(): Promise<Pick<z.infer<typeof started>, 'port' | 'metricsPort'>> {
    const { stdout } = this.child
    if (stdout === null) throw new Error('the output is not piped')
    const listening = async () => {
      for await (const line of createInterface({ input: stdout })) {
        const parsed = started.safeParse(JSON.parse(line))
        if (parsed.success) return parsed.data
      }
      throw new Error(`it ended instead: ${this.stderr}`)
    }
    const ports = await within('the media node to start', listening())
    stdout.resume()
    return ports
  }

  /** The exit code. */
  exit(): Promise<number | null> {
    return within('the media node to end', this.exited)
  }
}

/** Serves public keys as the control plane does. */
export async function serveKeys(jwks: object): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((_request, response) => response.end(JSON.stringify(jwks)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { url: `http://127.0.0.1:${port}/`, server }
}
