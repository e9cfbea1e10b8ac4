const INTERVAL_MS = 500

/**
 * npm passes SIGINT and SIGTERM on to us, but nothing tells us when npm itself is killed; this notices it.
 * Does nothing when npm did not start us.
 * @param {() => void} onOrphaned
 */
export function watchNpm(onOrphaned) {
  if (process.env.npm_lifecycle_event === undefined) return
  const npm = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === npm) return
    clearInterval(timer)
    onOrphaned()
  }, INTERVAL_MS)
  timer.unref()
}
