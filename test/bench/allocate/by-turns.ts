/** One of several ways to do the same thing. */
export type Way = {
  /** Makes what so many runs need; not timed. */
  prepare(count: number): Promise<readonly string[]>
  run(prepared: string): Promise<void>
}

/** What a way took, in milliseconds. */
export type Timing = {
  readonly latencies: number[]
  /** Of whole batches: throughput is the number of latencies over this. */
  busyMs: number
}

export const newTiming = (): Timing => ({ latencies: [], busyMs: 0 })

export type TurnOptions = {
  /** Runs in one batch, and how many of them are under way at a time. */
  readonly batch: number
  readonly atOnce: number
  /** It is over when the two have been timed for so long together. */
  readonly forMs: number
  /** What has to be done from time to time and is not timed. */
  readonly upkeep: () => Promise<void>
  readonly now: () => number
}

/**
 * Lets two ways take turns, batch by batch and each as often first as second, until it is over; so what else the machine
 * does meets both. At least one turn of each.
 */
export async function byTurns(
  ways: readonly [Way, Way],
  timings: readonly [Timing, Timing],
  options: TurnOptions,
): Promise<void> {
  const [one, other] = [
    { way: ways[0], timing: timings[0] },
    { way: ways[1], timing: timings[1] },
  ]
  const busyMs = () => one.timing.busyMs + other.timing.busyMs
  const endAt = busyMs() + options.forMs
  for (let turn = 0; turn === 0 || busyMs() < endAt; turn += 1) {
    for (const { way, timing } of turn % 2 === 0 ? [one, other] : [other, one]) await runBatch(way, timing, options)
  }
}

async function runBatch(way: Way, timing: Timing, { batch, atOnce, upkeep, now }: TurnOptions): Promise<void> {
  const prepared = (await way.prepare(batch)).values()
  await upkeep()
  const startedAt = now()
  const runRest = async () => {
    for (const each of prepared) {
      const since = now()
      await way.run(each)
      timing.latencies.push(now() - since)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, runRest))
  timing.busyMs += now() - startedAt
}
