import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { hostingNode } from './hosting-node.ts'

const STUCK_MS = 10_000

export const mediaNodeStuck: Fault = {
  name: 'media-node-stuck',
  about: 'SIGSTOP to the process of a media node alone for 10 s, while its worker goes on, then SIGCONT',
  interrupts: 8_000,
  movesRooms: true,
  async play(stage) {
    const { node, exposed } = hostingNode(stage)
    const { pid } = node.process
    stage.strike(exposed)
    process.kill(pid, 'SIGSTOP')
    await wait(STUCK_MS)
    process.kill(pid, 'SIGCONT')
  },
}
