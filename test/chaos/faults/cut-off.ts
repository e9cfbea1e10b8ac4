import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { browserOnWire } from './browser-on-wire.ts'

/** The second browser's cable is pulled, and put back after so many milliseconds. */
export function cutOff(ms: number): Fault['play'] {
  return async (stage) => {
    const { wire } = browserOnWire(stage)
    // Those who stay see those who are cut off stand still.
    stage.strike(stage.clients)
    await wire.cut()
    await wait(ms)
    await wire.mend()
  }
}
