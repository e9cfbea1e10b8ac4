import type { Page } from 'playwright-core'

declare global {
  interface Window {
    connectionsOfPage?: RTCPeerConnection[]
  }
}

/** What a browser says about the audio that it sends. */
export type SenderStatistics = {
  readonly ssrc: number
  readonly sent: number
  readonly sentAgain: number
  readonly nacks: number
}

/** Has the page remember its connections; before it is opened. */
export async function rememberConnections(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const connections: RTCPeerConnection[] = []
    window.connectionsOfPage = connections
    window.RTCPeerConnection = class extends window.RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration)
        connections.push(this)
      }
    }
  })
}

export async function senderStatistics(page: Page): Promise<SenderStatistics> {
  return await page.evaluate(async () => {
    for (const connection of window.connectionsOfPage ?? []) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== 'outbound-rtp' || report.kind !== 'audio') continue
        const { ssrc, packetsSent, retransmittedPacketsSent = 0, nackCount = 0 } = report
        return { ssrc, sent: packetsSent, sentAgain: retransmittedPacketsSent, nacks: nackCount }
      }
    }
    throw new Error('the page sends no audio')
  })
}
