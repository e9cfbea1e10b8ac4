import { RawTransport } from '../../raw-media/raw-transport.ts'
import type { Joined } from './test-node.ts'

export type Way = Omit<Parameters<typeof RawTransport.connect>[0], 'client' | 'description'>

/** The raw transports that one test opens, closed together at its end. */
export class RawTransports {
  readonly #open = new Set<RawTransport>()

  async connect({ client, welcome }: Joined, which: 'sendTransport' | 'receiveTransport', way: Way = {}) {
    const transport = await RawTransport.connect({ client, description: welcome[which], ...way })
    this.#open.add(transport)
    return transport
  }

  close(): void {
    for (const transport of this.#open) transport.close()
    this.#open.clear()
  }
}
