const PLAIN_INTERVAL_MS = 20_000
const TERMINAL_INTERVAL_MS = 1_000

/**
 * @typedef {object} Progress
 * @property {(state: string) => void} update says how far the step is
 * @property {(line: string) => void} note prints a line of its own
 * @property {() => void} pause shows nothing until the next update, for a program that asks on the terminal itself
 */

/**
 * Shows a long step: on a terminal as one line that is rewritten, elsewhere as a line now and then.
 * @template T
 * @param {string} title
 * @param {(progress: Progress) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(title, work) {
  const started = Date.now()
  const terminal = process.stderr.isTTY
  const clear = () => terminal && process.stderr.write('\r\x1b[K')
  let state = ''
  let isPaused = false
  const show = () => {
    if (isPaused) return
    const line = `${title}${state && `: ${state}`} (${elapsed(started)})`
    if (terminal) process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns || 80) - 1)}`)
    else console.error(line)
  }
  if (!terminal) console.error(`${title} …`)
  const timer = setInterval(show, terminal ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS)
  try {
    const result = await work({
      update: (next) => {
        state = next
        isPaused = false
        if (terminal) show()
      },
      note: (line) => {
        clear()
        console.error(line)
      },
      pause: () => {
        clear()
        isPaused = true
      },
    })
    clear()
    console.error(`${title}: done in ${elapsed(started)}`)
    return result
  } catch (error) {
    clear()
    console.error(`${title}: failed after ${elapsed(started)}`)
    throw error
  } finally {
    clearInterval(timer)
  }
}

/** @param {number} since */
function elapsed(since) {
  const seconds = Math.round((Date.now() - since) / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
