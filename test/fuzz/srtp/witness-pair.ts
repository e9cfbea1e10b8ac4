import { opus } from '../../integration/media-node/rtp.ts'
import { packet } from '../../integration/media-node/test-router.ts'
import { RawTransport } from '../../raw-media/raw-transport.ts'
import type { FuzzedNode } from './fuzzed-node.ts'

const SSRC = 77

export type WitnessTally = { sent: number; received: number }

/** Two who do nothing wrong: one speaks, the other one must hear every packet. By TCP, where the kernel drops nothing. */
export class WitnessPair {
  readonly #sending: RawTransport
  readonly #receiving: RawTransport
  readonly #tally: WitnessTally
  readonly #leave: () => void
  #sequence = 0

  /** @param tally to which it adds, of this pair and of those before it */
  static async join(node: FuzzedNode, roomId: string, tally: WitnessTally): Promise<WitnessPair> {
    const speaker = await node.join(roomId)
    await speaker.client.request('produce', { kind: 'audio', source: 'microphone', rtpParameters: opus(SSRC) })
    const reader = await node.join(roomId)
    const speakers = reader.consumers.find(({ participantId }) => participantId === speaker.welcome.participantId)
    const ssrc = speakers?.rtpParameters.encodings?.[0]?.ssrc
    const received = (bytes: Buffer) => {
      const isAudio = bytes.byteLength >= 12 && bytes.readUInt8(1) < 192 && bytes.readUInt32BE(8) === ssrc
      if (isAudio) tally.received += 1
    }
    const { client } = reader
    const protocol = 'tcp' as const
    const description = reader.welcome.receiveTransport
    const receiving = await RawTransport.connect({ client, description, protocol, received })
    const sending = await RawTransport.connect({
      client: speaker.client,
      description: speaker.welcome.sendTransport,
      protocol,
    })
    const leave = () => {
      speaker.client.socket.terminate()
      client.socket.terminate()
    }
    return new WitnessPair({ sending, receiving, tally, leave })
  }

  private constructor(parts: {
    sending: RawTransport
    receiving: RawTransport
    tally: WitnessTally
    leave: () => void
  }) {
    this.#sending = parts.sending
    this.#receiving = parts.receiving
    this.#tally = parts.tally
    this.#leave = parts.leave
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
    this.#sending.close()
    this.#receiving.close()
    this.#leave()
  }
}
