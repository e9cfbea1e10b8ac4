import { markdownTable } from '../bench/table.ts'
import type { Result } from '../bench/write-result.ts'
import type { ChaosOptions } from './chaos-options.ts'
import type { FaultResult } from './fault-result.ts'
import { faultsTable } from './faults-table.ts'

/** The page of results of one run. */
export function chaosResult(
  results: readonly FaultResult[],
  { seed, clients, rounds }: Pick<ChaosOptions, 'seed' | 'clients' | 'rounds'>,
  machine: string,
): Result {
  const problems = results.flatMap(({ fault, problems }) => problems.map((problem) => `- ${fault}: ${problem}`))
  return {
    name: 'chaos',
    title: 'Chaos',
    command: `npm run test:chaos -- --seed ${seed} --clients ${clients} --rounds ${rounds}`,
    machine,
    body: [
      `Control plane, three media nodes with one worker each, Redis and DynamoDB's API as processes, and ${clients} clients in
three rooms and at two places, all on this one machine. At each place one client is a page in Chromium; the others have the
same SDK and libwebrtc in one process for each place, without a browser. They decode what comes too. Faults are played one after the other, and after each
everything is checked: every client in its room, as the same participant, with media decoded on every consumer; one owner
for each room; nothing left over in any process; every final caption that a reader was shown in the stored transcript.`,
      markdownTable(faultsTable(results)),
      `*Clients*: those that had to do with the fault. *Interrupted*: those of them that missed more than 250 ms of sound or
800 ms of pictures. *Back within*: from the fault until everything played again for good. *Silence*: the longest pause that
could be heard, over all ways from a microphone to one of these clients. While a client's own program had to wait for a
processor, it counts nothing.`,
      `*Allowed*: a client that misses sound or pictures for longer in a row is a problem: those who had to do with the fault,
and everybody else after a second. *Free*: the part of the processors that was free in the three seconds before the fault;
of several, the least. *Late*: how late a thread that only sleeps woke in that time, at the 99th percentile.`,
      `A fault is *invalid*, neither green nor red, when the machine had no room for the stage: less than 15 % of the processors
on which the run may run (its affinity mask counts) were free in the three seconds before the fault; or the sleeping thread,
which belongs to no part of what is tested, woke more than 50 ms late in that time; or other programs took more than 25 %
of the processors from then until everything was checked. What the product takes while it recovers is never an excuse, and a
control plane and media nodes that take more than 60 % while nothing happens are a problem themselves. An invalid fault is
played up to three times; when it stays invalid, the whole run is (exit code 3).`,
      ...(problems.length > 0 ? [`What was not as it should be:\n\n${problems.join('\n')}`] : []),
    ],
    charts: [],
  }
}
