import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { secondPlace } from './second-place.ts'

/** The cable of the second place of clients is pulled, and put back after so many milliseconds. */
export function cutOff(ms: number): Fault['play'] {
  return async (stage) => {
    const { wire } = secondPlace(stage)
    // Those who stay see those who are cut off stand still.
    stage.strike(stage.clients)
    await wire.cut()
    await wait(ms)
    await wire.mend()
  }
}
