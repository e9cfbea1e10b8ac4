import { type OpenMedia, openMedia } from './open-media.ts'
import { type OpenSocket, openSocket } from './socket.ts'
import { systemTimer, type Timer } from './timer.ts'

/** Everything that a call needs of the world around it. */
export type Environment = {
  readonly fetch: typeof fetch
  readonly openSocket: OpenSocket
  readonly openMedia: OpenMedia
  /** Begins to load what `openMedia` needs. */
  readonly preload: () => void
  readonly timer: Timer
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  /** From 0 to below 1. */
  readonly random: () => number
  /** Calls `listener` whenever the machine's network comes or goes, until the returned function is called. */
  readonly watchNetwork: (listener: () => void) => () => void
}

export const browserEnvironment: Environment = {
  fetch: (...args) => fetch(...args),
  openSocket,
  openMedia,
  preload: () => {
    import('mediasoup-client').catch(() => {})
  },
  timer: systemTimer,
  now: () => Date.now(),
  random: () => Math.random(),
  watchNetwork(listener) {
    window.addEventListener('online', listener)
    window.addEventListener('offline', listener)
    return () => {
      window.removeEventListener('online', listener)
      window.removeEventListener('offline', listener)
    }
  },
}
