/**
 * How much V8 lets a thread of a media node keep before it first collects all of it, in MiB. Packets lie outside V8's heap
 * and count as kept, so that a heap as small as V8 begins with is full once a second, with 400 captioned speakers even
 * the main thread's; each collection holds everybody up by 5 to 13 ms.
 */
const OLD_SPACE_MB = 256

/** V8's flag for it: to be given to `node` for the main thread, and set before another thread starts. */
export const OLD_SPACE_FLAG = `--initial-old-space-size=${OLD_SPACE_MB}`
