/** Milliseconds since the machine started; never set back, and the same in every thread. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
