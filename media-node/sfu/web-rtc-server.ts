import type { TransportListenInfo, WebRtcServer, Worker } from 'mediasoup/types'
import { SettingsError } from '../../shared/settings.ts'

export type MediaAddress = {
  readonly listenIp: string
  /** What clients are told to send to; an address or a host name. */
  readonly announcedAddress: string
  /** UDP and TCP port; 0 lets the worker choose free ones. */
  readonly port: number
}

/** Where free ports are looked for when none is given. */
const ANY_PORT = { min: 20_000, max: 59_999 }

/** @throws SettingsError when the port is taken or the address is not one of this machine's */
export async function createWebRtcServer(worker: Worker, address: MediaAddress): Promise<WebRtcServer> {
  try {
    return await worker.createWebRtcServer({ listenInfos: [listenInfo('udp', address), listenInfo('tcp', address)] })
  } catch (cause) {
    throw explained(cause, address)
  }
}

function listenInfo(protocol: 'udp' | 'tcp', { listenIp, announcedAddress, port }: MediaAddress): TransportListenInfo {
  const where = port === 0 ? { portRange: ANY_PORT } : { port }
  return { protocol, ip: listenIp, announcedAddress, ...where }
}

function explained(cause: unknown, { listenIp, port }: MediaAddress): unknown {
  if (!(cause instanceof Error)) return cause
  if (/address already in use/i.test(cause.message)) {
    const protocol = /udp/i.test(cause.message) ? 'UDP' : 'TCP'
    const text = `${protocol} port ${port} is taken; stop what uses it, or choose another first port for the workers`
    return new SettingsError([`MEDIA_PORT: ${text}`])
  }
  if (/address not available|invalid ip/i.test(cause.message)) {
    return new SettingsError([`MEDIA_LISTEN_IP: ${listenIp} is not an address of this machine`])
  }
  return cause
}
