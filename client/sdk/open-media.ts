import type { Device } from 'mediasoup-client'
import type { Notifications, Source } from '../../shared/protocol/messages.ts'
import { knownCapabilities } from './known-rtp.ts'
import { Media, type MediaEvents } from './media.ts'
import type { Request } from './signalling.ts'

/** The media of one connection, as the connection uses it. */
export type ConnectionMedia = {
  publish(source: Source, track: MediaStreamTrack): Promise<void>
  unpublish(source: Source): Promise<void>
  /** Takes effect at once; settles when the others know. */
  setMuted(source: Source, muted: boolean): Promise<void>
  addConsumer(description: Notifications['consumer-created']): void
  removeConsumer(consumerId: string): void
  /** Makes this side equal to what the media node has, after a connection without news of it. */
  reconcile(present: Pick<Notifications['resumed'], 'consumers' | 'producers'>): void
  /** Finds the way to the media node anew, as after a change of network; tracks stay. */
  restartIce(): Promise<void>
  getStats(): Promise<Record<'send' | 'receive', RTCStatsReport>>
  close(): void
}

export type MediaOptions = {
  readonly welcome: Notifications['welcome']
  readonly iceServers: readonly RTCIceServer[]
  readonly request: Request
  readonly events: MediaEvents
}

export type OpenMedia = (options: MediaOptions) => Promise<ConnectionMedia>

/** Getting a browser's WebRTC ready takes a while; media nodes mostly can do the same, so one serves all. */
let ready: { readonly capabilities: string; readonly device: Promise<Device> } | undefined

/** Receiving begins at once, sending with the first track. */
export const openMedia: OpenMedia = async (options) => {
  const capabilities = JSON.stringify(options.welcome.routerRtpCapabilities)
  if (ready?.capabilities !== capabilities) ready = { capabilities, device: loadDevice(options.welcome) }
  try {
    return new Media({ ...options, device: await ready.device })
  } catch (error) {
    ready = undefined
    throw error
  }
}

async function loadDevice({ routerRtpCapabilities }: Notifications['welcome']): Promise<Device> {
  const { Device } = await import('mediasoup-client')
  const device = new Device()
  await device.load({ routerRtpCapabilities: knownCapabilities(routerRtpCapabilities) })
  return device
}

/** A browser's first WebRTC connection takes longer to make than the next ones. */
export async function preloadMedia(): Promise<void> {
  const { Device } = await import('mediasoup-client')
  await new Device().load({ routerRtpCapabilities: {} })
}
