import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { hostingNode } from './hosting-node.ts'

const CUT_MS = 15_000

export const registryCut: Fault = {
  name: 'registry-cut',
  about: 'no packet gets through between one media node and Redis for 15 s',
  interrupts: false,
  movesRooms: false,
  async play(stage) {
    const { node } = hostingNode(stage)
    stage.strike(stage.clients)
    node.registryWay.cut()
    await wait(CUT_MS)
    node.registryWay.mend()
  },
}
