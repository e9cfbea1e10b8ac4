/** Keeps everything in this thread from running, as a machine does that has no processor for it. */
export function holdThisThread(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, ms)
}
