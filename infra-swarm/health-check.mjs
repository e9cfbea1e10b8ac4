/** Docker's health check of either image. A process that drains or misses a store is alive all the same: not `/ready`. */
const answer = await fetch(`http://127.0.0.1:${process.env.PORT}/health`, { signal: AbortSignal.timeout(3_000) })
process.exitCode = answer.ok ? 0 : 1
