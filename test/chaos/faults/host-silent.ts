import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { hostingNode } from './hosting-node.ts'

const SILENT_MS = 12_000

export const hostSilent: Fault = {
  name: 'host-silent',
  about: 'every packet to and from a media node is dropped for 12 s; where no cable can be pulled, it is frozen',
  interrupts: 8_000,
  movesRooms: true,
  async play(stage) {
    const { node, exposed } = hostingNode(stage)
    const { wire } = node.place
    stage.strike(exposed)
    if (wire === undefined) node.process.freeze()
    else await Promise.all([wire.cut(), node.registryWay.cut()])
    await wait(SILENT_MS)
    if (wire === undefined) node.process.thaw()
    else await Promise.all([wire.mend(), node.registryWay.mend()])
  },
}
