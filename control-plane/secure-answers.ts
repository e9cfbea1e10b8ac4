import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'

/**
 * Headers that keep the page to itself: its own scripts only, in no frame, with the camera, the microphone and the screen.
 * Media nodes have addresses of their own, so it may open WebSockets anywhere. Whoever ends TLS sets HSTS.
 */
export function secureAnswers(): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      connectSrc: ["'self'", 'ws:', 'wss:'],
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
