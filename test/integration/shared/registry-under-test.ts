import { randomUUID } from 'node:crypto'
import type { FleetRegistry, NodeCommand, NodeReport } from '../../../shared/node-registry/node-registry.ts'

/** A registry made for one run of the contract. */
export type NodeRegistryUnderTest = {
  readonly registry: FleetRegistry
  /** Makes every heartbeat and every reservation so far this much older. */
  passTime(ms: number): Promise<void>
  /** How many commands had to make room for newer ones. */
  overflowed(): number
  stop(): Promise<void>
}

export const report = (nodeId: string = randomUUID(), other: Partial<NodeReport> = {}): NodeReport => ({
  nodeId,
  url: `wss://${nodeId}.example/`,
  internalUrl: `http://${nodeId}.inside:8081`,
  region: 'eu',
  version: '0.1.0',
  load: 0.25,
  rooms: 3,
  participants: 7,
  draining: false,
  openedRooms: [],
  ...other,
})

export const closeRoom = (roomId: string): NodeCommand => ({ type: 'close-room', roomId, epoch: 1 })
