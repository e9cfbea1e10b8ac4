import { type OpenMedia, openMedia } from './open-media.ts'
import { type OpenSocket, openSocket } from './socket.ts'
import { systemTimer, type Timer, watchSystemPauses } from './timer.ts'

/** Everything that a call needs of the world around it. */
export type Environment = {
  readonly fetch: typeof fetch
  readonly openSocket: OpenSocket
  readonly openMedia: OpenMedia
  /** Begins to load what `openMedia` needs. */
  readonly preload: () => void
  /** Its delays count only the time in which the page ran. */
  readonly timer: Timer
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  /** From 0 to below 1. */
  readonly random: () => number
  /** Calls `listener` whenever the machine's network comes or goes, until the returned function is called. */
  readonly watchNetwork: (listener: () => void) => () => void
  /** False when the machine surely has no network; true may be wrong. */
  readonly isOnline: () => boolean
  /** Calls `listener` whenever the page runs again after it was held, as by sleep, until the returned function is called. */
  readonly watchPauses: (listener: () => void) => () => void
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
  isOnline: () => navigator.onLine,
  watchPauses: watchSystemPauses,
}
