/** What a media node says of itself at each heartbeat. */
export type NodeReport = {
  readonly nodeId: string
  /** WebSocket URL at which browsers reach this node's signalling. */
  readonly url: string
  readonly region: string
  readonly version: string
  /** 0 is idle, 1 is full. */
  readonly load: number
  readonly rooms: number
  readonly participants: number
  readonly draining: boolean
  /** Rooms that opened since the last report which the registry answered: what was reserved for them is now in `load`. */
  readonly openedRooms: readonly string[]
}

/** A report with the milliseconds since it was made, by the registry's own clock. */
export type AliveNode = NodeReport & { readonly ageMs: number }

/** What the control plane asks of a media node; taken along by the node's next heartbeat. */
export type NodeCommand =
  | { readonly type: 'close-room'; readonly roomId: string; readonly epoch: number }
  /** The room is another media node's from this epoch on. */
  | { readonly type: 'room-moved'; readonly roomId: string; readonly epoch: number }
  | { readonly type: 'drain'; readonly deadlineSeconds: number }
  | { readonly type: 'cancel-drain' }

export type HeartbeatAnswer = {
  readonly commands: readonly NodeCommand[]
  /**
   * Whether the registry knew the node as alive just before. If not, others may have taken its rooms for lost: it looks
   * each of them up in the room store.
   */
  readonly wasAlive: boolean
}

/** A node whose last heartbeat is older is gone. */
export const NODE_TTL_MS = 3_000

export const HEARTBEAT_INTERVAL_MS = 1_000

/** Commands waiting for one node; more than this many and the oldest are dropped (and counted by the adapter). */
export const MAX_PENDING_COMMANDS = 1_000

/**
 * Where media nodes announce themselves. Every call settles within a deadline and rejects with `CallError('unavailable')`
 * when the registry cannot be reached. Ages are measured by the registry's clock, so clock skew between hosts is harmless.
 */
export type NodeRegistry = {
  /** Says that the node is alive and takes the commands that wait for it, each exactly once, oldest first. */
  heartbeat(report: NodeReport): Promise<HeartbeatAnswer>
  /** Forgets the node at once, as on a graceful stop. */
  leave(nodeId: string): Promise<void>
  /** All nodes whose last heartbeat is younger than `NODE_TTL_MS`, ordered by `nodeId`. */
  alive(): Promise<readonly AliveNode[]>
  /** One node, or undefined when it is gone. */
  find(nodeId: string): Promise<AliveNode | undefined>
  /** Leaves a command for the node's next heartbeat. Commands to a node that never comes back expire. */
  send(nodeId: string, command: NodeCommand): Promise<void>
  /** Resolves when the registry answers. */
  ping(): Promise<void>
  close(): Promise<void>
}
