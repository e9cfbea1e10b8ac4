import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/** An address of this machine that is none of the service's, and notices when somebody sends to it by UDP or TCP. */
export class ForeignHost {
  readonly address = '127.0.0.2'
  readonly #udp: Socket = createSocket('udp4')
  readonly #tcp: Server = createServer((socket) => {
    this.#noticed('TCP')
    socket.destroy()
  })
  readonly #contact = Promise.withResolvers<void>()
  /** By what it was contacted, in order. */
  readonly contacts: string[] = []
  port = 0

  static async listen(): Promise<ForeignHost> {
    const host = new ForeignHost()
    host.#udp.bind(0, host.address)
    await once(host.#udp, 'listening')
    host.port = host.#udp.address().port
    host.#udp.on('message', () => host.#noticed('UDP'))
    host.#tcp.listen(host.port, host.address)
    await once(host.#tcp, 'listening')
    return host
  }

  private constructor() {}

  /** Resolves when somebody has sent to it. */
  get contacted(): Promise<void> {
    return this.#contact.promise
  }

  /** Lines of SDP that send a browser here. */
  get lines(): string {
    const { address, port } = this
    return [
      '',
      `a=candidate:1 1 udp 2130706431 ${address} ${port} typ host`,
      `a=candidate:2 1 tcp 2130706430 ${address} ${port} typ host tcptype passive`,
      'a=ice-ufrag:evil',
      `a=ice-pwd:${'e'.repeat(22)}`,
    ].join('\r\n')
  }

  close(): void {
    this.#udp.close()
    this.#tcp.close()
  }

  #noticed(by: string): void {
    this.contacts.push(by)
    this.#contact.resolve()
  }
}
