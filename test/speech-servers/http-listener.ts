import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'

/** An HTTP server that knows its open sockets. */
export class HttpListener {
  readonly server: Server
  readonly #sockets = new Set<Socket>()

  private constructor() {
    this.server = createServer()
    this.server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
  }

  /** On a free port unless one is given. */
  static async start(port = 0): Promise<HttpListener> {
    const listener = new HttpListener()
    listener.server.listen(port, '127.0.0.1')
    await once(listener.server, 'listening')
    return listener
  }

  get port(): number {
    const address = this.server.address()
    if (address === null || typeof address === 'string') throw new Error('the server does not listen')
    return address.port
  }

  get connections(): number {
    return this.#sockets.size
  }

  dropClients(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.dropClients()
    if (!this.server.listening) return
    this.server.close()
    await once(this.server, 'close')
  }
}
