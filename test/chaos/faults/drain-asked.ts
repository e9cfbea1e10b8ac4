import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import type { FleetNode } from '../fleet/fleet-node.ts'
import { asOperator } from '../fleet/operator-key.ts'
import { hostingNode } from './hosting-node.ts'

const DEADLINE_MS = 5_000
const EMPTY_DEADLINE_MS = 40_000
const POLL_MS = 200

export const drainAsked: Fault = {
  name: 'drain-asked',
  about: 'a media node that serves rooms is drained over the API until it is empty, then the drain is cancelled',
  interrupts: false,
  movesRooms: true,
  async play(stage) {
    const { node, exposed } = hostingNode(stage)
    const address = `${stage.fleet.url}/v1/nodes/${node.nodeId}/drain`
    const ask = async (method: string) => {
      const { status } = await fetch(address, { method, headers: asOperator, signal: AbortSignal.timeout(DEADLINE_MS) })
      if (status !== 202) stage.complain(`${method} of a drain was answered ${status}`)
    }
    stage.strike(exposed)
    await ask('POST')
    if (!(await becomesEmpty(node))) stage.complain(`${node.nodeId} was drained and still has participants`)
    await ask('DELETE')
  },
}

async function becomesEmpty(node: FleetNode): Promise<boolean> {
  const deadline = Date.now() + EMPTY_DEADLINE_MS
  while (Date.now() < deadline) {
    const { counts } = await node.stats()
    if (counts['participants'] === 0) return true
    await wait(POLL_MS)
  }
  return false
}
