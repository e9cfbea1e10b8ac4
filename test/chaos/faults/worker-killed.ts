import type { Fault } from '../fault.ts'
import { hostingNode } from './hosting-node.ts'

export const workerKilled: Fault = {
  name: 'worker-killed',
  about: 'SIGKILL to the media worker of a node that serves rooms; the node replaces it',
  interrupts: 4_000,
  movesRooms: false,
  async play(stage) {
    const { node, exposed } = hostingNode(stage)
    const [worker] = node.workerPids
    if (worker === undefined) throw new Error(`${node.nodeId} has no worker`)
    stage.strike(exposed)
    process.kill(worker, 'SIGKILL')
  },
}
