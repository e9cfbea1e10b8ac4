import wrtc from '@roamhq/wrtc'
import { Device } from 'mediasoup-client'
import { browserEnvironment, type Environment } from '../../../../client/sdk/environment.ts'
import { knownCapabilities } from '../../../../client/sdk/known-rtp.ts'
import { Media } from '../../../../client/sdk/media.ts'
import type { Socket } from '../../../../client/sdk/socket.ts'

/** The WebRTC of Chromium without Chromium; mediasoup-client finds it where a browser has it. */
Object.assign(globalThis, wrtc)
const HANDLER = 'Chrome111'

/** What the SDK finds in a browser, for one participant in this process. `sockets` are those it has open. */
export function lightEnvironment(sockets: Map<Socket, string>): Environment {
  return {
    ...browserEnvironment,
    preload: () => undefined,
    // Nobody tells a process that its network has come or gone.
    watchNetwork: () => () => undefined,
    openSocket: (url, ticket) => {
      const socket = browserEnvironment.openSocket(url, ticket)
      const forget = () => sockets.delete(socket)
      sockets.set(socket, new URL(url).host)
      socket.addEventListener('close', forget)
      return {
        send: (text) => socket.send(text),
        close: () => {
          forget()
          socket.close()
        },
        addEventListener: socket.addEventListener.bind(socket),
      }
    },
    async openMedia(options) {
      const device = new Device({ handlerName: HANDLER })
      await device.load({ routerRtpCapabilities: knownCapabilities(options.welcome.routerRtpCapabilities) })
      return new Media({ ...options, device })
    },
  }
}
