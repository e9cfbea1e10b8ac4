import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

type RelayOptions = {
  readonly host: string
  readonly targetPort: number
}

/** A TCP way to a port of this process's loopback that can be cut: what is on it and what comes is then swallowed. */
export class TcpRelay {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #targetPort: number
  #isCut = false
  #port = 0

  private constructor({ targetPort }: RelayOptions) {
    this.#targetPort = targetPort
    this.#server = createServer({ allowHalfOpen: false }, (socket) => this.#accept(socket))
  }

  static async open(options: RelayOptions): Promise<TcpRelay> {
    const relay = new TcpRelay(options)
    relay.#server.listen(0, options.host)
    await once(relay.#server, 'listening')
    const address = relay.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the system gave no port')
    relay.#port = address.port
    return relay
  }

  get port(): number {
    return this.#port
  }

  /** No end is told: connections stay open, and nothing moves on them any more. */
  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.unpipe().pause()
  }

  /** What was under way when the way was cut is lost, as after a long outage; new connections get through. */
  mend(): void {
    this.#isCut = false
    for (const socket of this.#sockets) socket.destroy()
  }

  /** New connections go to another port; those that are open stay where they are. */
  pointTo(targetPort: number): void {
    this.#targetPort = targetPort
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #accept(near: Socket): void {
    this.#keep(near)
    if (this.#isCut) {
      near.pause()
      return
    }
    const far = connect(this.#targetPort, '127.0.0.1')
    this.#keep(far)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.setNoDelay(true)
      one.pipe(other)
      one.once('close', () => other.destroy())
    }
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    // Whoever breaks it closes it, and that is passed on.
    socket.on('error', () => undefined)
    socket.once('close', () => this.#sockets.delete(socket))
  }
}
