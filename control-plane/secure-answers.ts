import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { ControlPlaneSettings } from './settings.ts'

type PageSettings = Pick<ControlPlaneSettings, 'AUTH_MODE' | 'PAGE_CONNECT_SOURCES'>

/** Where `npm start` has its media nodes. */
const LOCAL_SOURCES = ['ws://localhost:*', 'ws://127.0.0.1:*']

/**
 * Headers that keep the page to itself: its own scripts only, in no frame, with the camera, the microphone and the screen,
 * and connections only to where the media nodes are. Whoever ends TLS sets HSTS.
 */
export function secureAnswers({ AUTH_MODE, PAGE_CONNECT_SOURCES }: PageSettings): MiddlewareHandler {
  const mediaNodes = PAGE_CONNECT_SOURCES ?? (AUTH_MODE === 'open' ? LOCAL_SOURCES : [])
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      connectSrc: ["'self'", ...mediaNodes],
      imgSrc: ["'self'", 'data:', 'blob:'],
      mediaSrc: ["'self'", 'blob:', 'mediastream:'],
      workerSrc: ["'self'", 'blob:'],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    permissionsPolicy: {
      camera: ['self'],
      microphone: ['self'],
      displayCapture: ['self'],
      autoplay: ['self'],
      fullscreen: ['self'],
      pictureInPicture: ['self'],
      screenWakeLock: ['self'],
      geolocation: [],
      payment: [],
      usb: [],
    },
    xFrameOptions: 'DENY',
    strictTransportSecurity: false,
  })
}
