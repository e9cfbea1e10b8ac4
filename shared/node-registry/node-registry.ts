/** What a media node says of itself at each heartbeat. */
export type NodeReport = {
  readonly nodeId: string
  /** WebSocket URL at which browsers reach this node's signalling. */
  readonly url: string
  /** Base URL at which the control plane and a proxy reach this node's HTTP, where that is another one. */
  readonly internalUrl?: string
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

/** A node's last report as the registry keeps it. */
export type KnownNode = Omit<NodeReport, 'openedRooms'> & {
  /** Milliseconds since the report was made, by the registry's own clock. */
  readonly ageMs: number
  /** Rooms placed there whose opening no heartbeat has told of yet. */
  readonly reservations: number
  /** Those of them that count as load already. */
  readonly firmReservations: number
}

/** A node whose last heartbeat is younger than `NODE_TTL_MS`. */
export type AliveNode = KnownNode

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

/** A node whose last heartbeat is older is gone: no room is placed there. */
export const NODE_TTL_MS = 3_000

/** A node whose last heartbeat is older cannot be found any more. */
export const NODE_MEMORY_MS = 60_000

export const HEARTBEAT_INTERVAL_MS = 1_000

/** Commands waiting for one node; more than this many and the oldest are dropped (and counted by the adapter). */
export const MAX_PENDING_COMMANDS = 1_000

/** The load that a room is taken to bring until its node reports it: a captioned call of two on two cores. */
export const RESERVED_LOAD = 0.02

/** A reservation whose room was never reported as open counts no longer than this. */
export const RESERVATION_TTL_MS = 10_000

export const choiceReasons = ['no_region_asked', 'in_region', 'outside_region'] as const
export const refusalReasons = ['no_media_node', 'all_draining', 'all_full'] as const

export type ChoiceReason = (typeof choiceReasons)[number]
export type RefusalReason = (typeof refusalReasons)[number]

/** A node chosen for a room, or why there is none. */
export type Choice<N> =
  | { readonly node: N; readonly reason: ChoiceReason }
  | { readonly node: undefined; readonly reason: RefusalReason }

/** A room that wants a node whose firm load is below `limit`, in `region` if there is one. */
export type WantedPlace = {
  readonly roomId: string
  readonly region?: string | undefined
  readonly limit: number
  /**
   * Whether the room counts as load before it has opened. One that does not still ranks its node behind others, so that a
   * burst spreads, but fills none: it cost nobody anything.
   */
  readonly firm: boolean
}

/**
 * Where media nodes announce themselves. Every call settles within a deadline and rejects with `CallError('unavailable')`
 * when the registry cannot be reached. Ages are measured by the registry's clock, so clock skew between hosts is harmless.
 */
export type NodeRegistry = {
  /** Says that the node is alive and takes the commands that wait for it, each exactly once, oldest first. */
  heartbeat(report: NodeReport): Promise<HeartbeatAnswer>
  /**
   * Says that a node is alive whose next heartbeat is late; its last report stays. A node that was taken for gone stays gone
   * until its heartbeat, which tells it so. Answers whether the node was alive.
   */
  stillAlive(nodeId: string): Promise<boolean>
  /** Forgets the node at once, as on a graceful stop. */
  leave(nodeId: string): Promise<void>
  /** All nodes that are alive, ordered by `nodeId`. The one call whose cost grows with the fleet. */
  alive(): Promise<readonly AliveNode[]>
  /** One node, also when it has not been heard of for up to `NODE_MEMORY_MS`; its `ageMs` says so. */
  find(nodeId: string): Promise<KnownNode | undefined>
  /** Leaves a command for the node's next heartbeat. Commands to a node that never comes back expire. */
  send(nodeId: string, command: NodeCommand): Promise<void>
  /** Resolves when the registry answers and can be written. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** The registry as it is to those who place rooms. */
export type FleetRegistry = NodeRegistry & {
  /**
   * Chooses a node as `control-plane/choose-media-node.ts` does, and counts the room there until a heartbeat tells
   * that it opened, or for `RESERVATION_TTL_MS`; both in one step, so no two callers choose on the same knowledge.
   */
  reserve(wanted: WantedPlace): Promise<Choice<AliveNode>>
  /** Gives back the reservation of a room that was not placed there after all. */
  release(nodeId: string, roomId: string): Promise<void>
  /**
   * Forgets a node that was found dead `foundDeadMsAgo` milliseconds ago, unless it has been heard of since; answers
   * whether it did. Commands go on waiting for it.
   */
  suspect(nodeId: string, foundDeadMsAgo: number): Promise<boolean>
  /** How many reservations ran out unused, ever since the registry is in use. */
  expiredReservations(): Promise<number>
}
