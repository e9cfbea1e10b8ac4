/** How a speech server misbehaves; it reads this whenever it is about to do right. */
export type Faults = {
  /** Answers connections, or requests, with this HTTP status. */
  status?: number
  /** Knows only this access key; the token of every other is expired. */
  onlyKey?: string
  /** Takes connections and requests and never answers. */
  silent?: boolean
  /** Sends this in place of each answer about sound. */
  rubbish?: string | Buffer
  /** Sends these messages before each answer about sound. */
  also?: readonly string[]
  /** Hangs up when it has heard so many milliseconds of an utterance. */
  hangUpAfterMs?: number
  /** Resets the next request's connection without a word, once. */
  resetNext?: boolean
  /** Answers wait until this resolves. */
  late?: Promise<void>
}
