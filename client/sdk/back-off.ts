const FIRST_MS = 200
const LONGEST_MS = 2_000

/**
 * How long to wait after the `round`th failure, counted from 0: twice as long each time, 100 ms at least and 2 s at most.
 * Chance takes up to half of it away, so that a thousand clients of one media node do not come back at the same moment.
 *
 * @param random from 0 to below 1
 */
export function backOffMs(round: number, random: () => number): number {
  const full = Math.min(FIRST_MS * 2 ** round, LONGEST_MS)
  return full * (1 - random() / 2)
}
