import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { z } from 'zod'
import { type JoinGrant, type SigningKey, signJoinToken } from '../../../shared/token.ts'
import { MediaNodeProcess, serveKeys } from '../../integration/media-node/media-node-process.ts'
import { signingKeys } from '../../integration/media-node/test-node.ts'

const NODE_ID = 'fuzzed'

const stats = z.object({ counts: z.record(z.string(), z.number()), mediasoup: z.record(z.string(), z.number()) })

/** A media node as the process that an operator runs, whose tokens are made here. */
export class FuzzedNode {
  readonly url: string
  readonly port: number
  readonly #metricsPort: number
  readonly #process: MediaNodeProcess
  readonly #keys: { readonly key: SigningKey; readonly server: Server }
  #death: string | undefined

  static async start(env: Readonly<Record<string, string>>): Promise<FuzzedNode> {
    const { key, jwks } = await signingKeys()
    const { url, server } = await serveKeys(jwks)
    const process = new MediaNodeProcess({ NODE_ID, JWKS_URL: url, TRANSLATOR: 'none', LOG_LEVEL: 'info', ...env })
    return new FuzzedNode(process, await process.ports(), { key, server })
  }

  private constructor(
    process: MediaNodeProcess,
    ports: { readonly port: number; readonly metricsPort: number },
    keys: { readonly key: SigningKey; readonly server: Server },
  ) {
    this.port = ports.port
    this.url = `ws://127.0.0.1:${ports.port}/v1/signalling`
    this.#metricsPort = ports.metricsPort
    this.#process = process
    this.#keys = keys
    void process.exited.then((code) => {
      this.#death = `the media node ended with code ${code}: ${process.stderr.slice(-1_000)}`
    })
  }

  /** How it ended, if it did. */
  get death(): string | undefined {
    return this.#death
  }

  token(grant: Partial<JoinGrant> = {}): Promise<string> {
    return signJoinToken(this.#keys.key, {
      tokenId: randomUUID(),
      nodeId: NODE_ID,
      roomId: 'witnessed',
      epoch: 1,
      participantId: randomUUID(),
      displayName: 'Somebody',
      language: 'en',
      maxParticipants: 1_000,
      emptyTimeoutSeconds: 0,
      expiresAt: Date.now() + 60_000,
      ...grant,
    })
  }

  async stats(): Promise<z.infer<typeof stats>> {
    return stats.parse(await (await fetch(`http://127.0.0.1:${this.#metricsPort}/stats`)).json())
  }

  /** The value of each metric, by its name with its labels. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const text = await (await fetch(`http://127.0.0.1:${this.#metricsPort}/metrics`)).text()
    return new Map([...text.matchAll(/^([a-z]\S*) (\S+)$/gm)].map(([, name = '', value]) => [name, Number(value)]))
  }

  async stop(): Promise<void> {
    this.#keys.server.close()
    this.#process.child.kill('SIGINT')
    await this.#process.exit()
  }
}
