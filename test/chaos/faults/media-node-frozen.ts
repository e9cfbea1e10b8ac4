import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { hostingNode } from './hosting-node.ts'

const FROZEN_MS = 10_000

export const mediaNodeFrozen: Fault = {
  name: 'media-node-frozen',
  about: 'SIGSTOP to a media node and its worker for 10 s, then SIGCONT: its rooms have moved, and must not split',
  interrupts: 8_000,
  movesRooms: true,
  async play(stage) {
    const { node, exposed } = hostingNode(stage)
    stage.strike(exposed)
    node.process.freeze()
    await wait(FROZEN_MS)
    node.process.thaw()
  },
}
