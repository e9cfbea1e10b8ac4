import { constants, PerformanceObserver } from 'node:perf_hooks'
import { setImmediate as turn } from 'node:timers/promises'
import { parentPort } from 'node:worker_threads'

const PIECES = 64
/** Numbers of eight bytes each: a MiB. */
const PIECE = 131_072

/** Keeps 64 MiB and tells how often V8 collected all of its heap meanwhile. */
let collections = 0
const observer = new PerformanceObserver((list) => {
  collections += list.getEntries().filter(isMarkCompact).length
})
observer.observe({ entryTypes: ['gc'] })
const kept: number[][] = []
for (let piece = 0; piece < PIECES; piece++) {
  kept.push(Array.from({ length: PIECE }, (_, index) => index + 0.5))
  // Collections are told in turns of the event loop.
  await turn()
}
parentPort?.postMessage({ kept: kept.length, collections })

function isMarkCompact(entry: object): boolean {
  if (!('detail' in entry) || typeof entry.detail !== 'object' || entry.detail === null) return false
  return 'kind' in entry.detail && entry.detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR
}
