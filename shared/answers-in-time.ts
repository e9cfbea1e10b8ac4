import type { Clock } from './clock.ts'
import { withDeadline } from './deadline.ts'

/** What those who were asked answered, in their order. Who fails, or says nothing for `ms` milliseconds, is left out. */
export async function answersInTime<T>(clock: Clock, ms: number, asked: readonly Promise<T>[]): Promise<T[]> {
  const late = () => new Error('no answer in time')
  const settled = await Promise.allSettled(asked.map((answer) => withDeadline(clock, ms, answer, late)))
  return settled.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
}
