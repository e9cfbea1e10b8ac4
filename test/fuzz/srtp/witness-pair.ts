import { opus } from '../../integration/media-node/rtp.ts'
import { packet } from '../../integration/media-node/test-router.ts'
import { RawTransport, type RawTransportOptions } from '../../raw-media/raw-transport.ts'
import type { FuzzedNode } from './fuzzed-node.ts'

const SSRC = 77

export type WitnessTally = { sent: number; received: number }

/** Two who do nothing wrong: one speaks, the other one must hear every packet. By TCP, where the kernel drops nothing. */
export class WitnessPair {
  readonly #sending: RawTransport
  readonly #receiving: RawTransport
  readonly #tally: WitnessTally
  readonly #opened: DisposableStack
  #sequence = 0

  /** @param tally to which it adds, of this pair and of those before it */
  static async join(node: FuzzedNode, roomId: string, tally: WitnessTally): Promise<WitnessPair> {
    using opened = new DisposableStack()
    const speaker = opened.adopt(await node.join(roomId), ({ client }) => client.socket.terminate())
    await speaker.client.request('produce', { kind: 'audio', source: 'microphone', rtpParameters: opus(SSRC) })
    const reader = opened.adopt(await node.join(roomId), ({ client }) => client.socket.terminate())
    const speakers = reader.consumers.find(({ participantId }) => participantId === speaker.welcome.participantId)
    const ssrc = speakers?.rtpParameters.encodings?.[0]?.ssrc
    const received = (bytes: Buffer) => {
      const isAudio = bytes.byteLength >= 12 && bytes.readUInt8(1) < 192 && bytes.readUInt32BE(8) === ssrc
      if (isAudio) tally.received += 1
    }
    const connect = async (options: Omit<RawTransportOptions, 'protocol'>) =>
      opened.adopt(await RawTransport.connect({ ...options, protocol: 'tcp' }), (transport) => transport.close())
    const receiving = await connect({ client: reader.client, description: reader.welcome.receiveTransport, received })
    const sending = await connect({ client: speaker.client, description: speaker.welcome.sendTransport })
    return new WitnessPair({ sending, receiving, tally, opened: opened.move() })
  }

  private constructor(parts: {
    sending: RawTransport
    receiving: RawTransport
    tally: WitnessTally
    opened: DisposableStack
  }) {
    this.#sending = parts.sending
    this.#receiving = parts.receiving
    this.#tally = parts.tally
    this.#opened = parts.opened
  }

  /** Says one packet and waits until it must have been heard. */
  async speak(): Promise<void> {
    this.#sequence = (this.#sequence + 1) & 0xffff
    this.#sending.sendRtp(packet({ ssrc: SSRC }, this.#sequence, 10))
    await this.#sending.handled()
    this.#tally.sent += 1
    await this.#receiving.handled()
  }

  close(): void {
    this.#opened.dispose()
  }
}
