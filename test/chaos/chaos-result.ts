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
two Chromium processes and three rooms, all on this one machine. Faults are played one after the other, and after each
everything is checked: every client in its room, as the same participant, with media decoded on every consumer; one owner
for each room; nothing left over in any process; every final caption that a reader was shown in the stored transcript.`,
      markdownTable(faultsTable(results)),
      `*Clients*: those that had to do with the fault. *Interrupted*: those of them that missed more than 250 ms of sound or
800 ms of pictures. *Back within*: from the fault until everything played again for good. *Silence*: the longest pause that
could be heard, over all ways from a microphone to one of these clients. While a page did not even get sound out of itself,
for want of a processor, it counts nothing.`,
      ...(problems.length > 0 ? [`What was not as it should be:\n\n${problems.join('\n')}`] : []),
    ],
    charts: [],
  }
}
