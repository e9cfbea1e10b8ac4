import { useEffect } from 'react'

/** Keeps the screen on while people talk and touch nothing, where the browser can. */
export function useWakeLock(): void {
  useEffect(() => {
    let isOver = false
    let lock: WakeLockSentinel | undefined

    async function acquire(): Promise<void> {
      if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return
      // Refused when the battery is low, for instance; then the screen goes dark as it would anyway.
      const acquired = await navigator.wakeLock.request('screen').catch(() => undefined)
      if (isOver) acquired?.release()
      else lock = acquired
    }

    acquire()
    // A browser lets go of it whenever the page is hidden.
    document.addEventListener('visibilitychange', acquire)
    return () => {
      isOver = true
      document.removeEventListener('visibilitychange', acquire)
      lock?.release()
    }
  }, [])
}
