import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { type WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'
import { buildPage, PAGE_FOLDER } from '../../dev/build-page.ts'
import type { JoinAnswer } from '../../shared/api.ts'
import type { Notifications } from '../../shared/protocol/messages.ts'
import { receivable, sentMicrophone } from '../unit/shared/chromium-parameters.ts'

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }
const request = z.object({ id: z.int(), method: z.string() })

/** What a media node says when it means no harm, with its media at `port` of 127.0.0.1. */
export function honestWelcome(port: number): object {
  const transport = (transportId: string) => ({
    transportId,
    iceParameters: { usernameFragment: 'ufrag', password: 'p'.repeat(22), iceLite: true },
    iceCandidates: [candidate(port)],
    dtlsParameters: {
      role: 'auto',
      fingerprints: [{ algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') }],
    },
  })
  return {
    roomId: 'room',
    participantId: 'me',
    nodeId: 'hostile',
    epoch: 1,
    routerRtpCapabilities: receivable,
    sendTransport: transport('send'),
    receiveTransport: transport('receive'),
    participants: [{ participantId: 'ben', displayName: 'Ben', language: 'en', captioned: true }],
    resumeToken: 'resume-token-of-this-node',
    resumeWindowMs: 15_000,
  }
}

function candidate(port: number) {
  const address = '127.0.0.1'
  return {
    foundation: 'udpcandidate',
    priority: 1_076_302_079,
    ip: address,
    address,
    protocol: 'udp',
    port,
    type: 'host',
  }
}

export const honestConsumer: Notifications['consumer-created'] = {
  consumerId: 'microphone-of-ben',
  producerId: 'producer-of-ben',
  participantId: 'ben',
  source: 'microphone',
  kind: 'audio',
  rtpParameters: {
    ...sentMicrophone,
    codecs: sentMicrophone.codecs.map((codec) => ({ ...codec, payloadType: 100 })),
    headerExtensions: [],
  },
  producerPaused: false,
}

/** The page, a control plane that sends everybody here, and a media node that says whatever the test wants it to. */
export class HostileNode {
  readonly #server: Server
  readonly #sockets = new WebSocketServer({ noServer: true })
  /** Said first on each connection. */
  welcome: unknown
  /** The consumers in the answer to `receive`. */
  consumers: readonly unknown[] = []
  /** Said right after that answer. */
  created: unknown

  static async start(welcome: object): Promise<HostileNode> {
    await buildPage()
    const node = new HostileNode(welcome)
    node.#server.listen(0, '127.0.0.1')
    await once(node.#server, 'listening')
    return node
  }

  private constructor(welcome: object) {
    this.welcome = welcome
    this.#server = createServer((asked, answer) => {
      this.#answer(asked, answer).catch(() => answer.writeHead(404).end())
    })
    this.#server.on('upgrade', (asked, socket, head) => {
      this.#sockets.handleUpgrade(asked, socket, head, (opened) => this.#greet(opened))
    })
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  get #port(): number {
    return z.object({ port: z.int() }).parse(this.#server.address()).port
  }

  async #answer(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { pathname } = new URL(asked.url ?? '/', this.url)
    if (pathname.startsWith('/v1/')) {
      answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(this.#joinAnswer()))
      return
    }
    const file = join(PAGE_FOLDER, pathname === '/' ? 'index.html' : pathname)
    const content = await readFile(file)
    answer.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(content)
  }

  #joinAnswer(): JoinAnswer {
    return {
      token: 'token',
      url: `ws://127.0.0.1:${this.#port}/v1/signalling`,
      nodeId: 'hostile',
      epoch: 1,
      participantId: 'me',
      rejoinToken: 'rejoin',
      expiresAt: Date.now() + 60_000,
      iceServers: [],
    }
  }

  #greet(socket: WebSocket): void {
    socket.send(JSON.stringify({ event: 'welcome', data: this.welcome }))
    socket.on('message', (text) => {
      const { id, method } = request.parse(JSON.parse(text.toString()))
      const data = method === 'receive' ? { consumers: this.consumers } : { producerId: 'mine' }
      socket.send(JSON.stringify({ id, data }))
      if (method === 'receive' && this.created) {
        socket.send(JSON.stringify({ event: 'consumer-created', data: this.created }))
      }
    })
  }
}
