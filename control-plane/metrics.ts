import manifest from '../package.json' with { type: 'json' }
import { MetricRegistry } from '../shared/metric-registry.ts'
import { type NodeCommand, type RefusalReason, refusalReasons } from '../shared/node-registry/node-registry.ts'
import { type DropReason, dropReasons } from '../shared/node-registry/redis-node-registry.ts'
import { type RegistryFault, registryFaults } from '../shared/node-registry/registry-fault.ts'
import { type ErrorCode, errorCodes } from '../shared/protocol/error-code.ts'
import { type AllocationReason, allocationReasons } from './allocate-room.ts'
import { type ProbeAnswer, probeAnswers } from './health-probes.ts'
import { type MoveCause, moveCauses } from './judge-host.ts'

const DURATION_BUCKETS_SECONDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]

export const drainCommands = ['drain', 'cancel-drain'] as const satisfies readonly NodeCommand['type'][]
export type DrainCommand = Extract<NodeCommand, { readonly type: (typeof drainCommands)[number] }>

/** The fleet at one moment; what the registry knows is missing while it is away. */
export type FleetFigures = {
  readonly placedFromMemory: number
  readonly registry:
    | {
        readonly active: number
        readonly draining: number
        readonly rooms: number
        readonly participants: number
        /** The mean of those that take rooms. */
        readonly load: number
        readonly reservations: number
        readonly oldestHeartbeatMs: number
        readonly expiredReservations: number
      }
    | undefined
}

/** What the control plane counts. */
export type Metrics = {
  /** Starts timing a request; call what it returns when the answer is known. */
  startRequest(): (labels: { route: string; statusClass: string }) => void
  allocated(reason: AllocationReason): void
  reallocated(cause: MoveCause): void
  placementRefused(reason: RefusalReason): void
  probed(answer: ProbeAnswer): void
  drainAsked(command: DrainCommand['type']): void
  refused(code: ErrorCode): void
  registryDropped(reason: DropReason, count: number): void
  registryFault(reason: RegistryFault): void
  /** Takes over how the fleet is now. */
  fleetSeen(figures: FleetFigures): void
  readonly contentType: string
  /** In Prometheus' text format. */
  text(): Promise<string>
}

export function createMetrics(): Metrics {
  const registry = new MetricRegistry(manifest.version)
  const requests = registry.histograms(
    'http_request_duration_seconds',
    'Time to answer a request, by route and class of status',
    { buckets: DURATION_BUCKETS_SECONDS, labelNames: ['route', 'status_class'] },
  )
  const allocations = registry.counter('allocations', 'Rooms placed or found, by the reason for where they are', {
    reason: allocationReasons,
  })
  const reallocations = registry.counter('reallocations', 'Rooms moved to another media node, by the cause', {
    cause: moveCauses,
  })
  const noPlaces = registry.counter('placement_refusals', 'Rooms for which there was no media node, by the reason', {
    reason: refusalReasons,
  })
  const probes = registry.counter('probes', 'Media nodes asked whether they live, by their answer', {
    answer: probeAnswers,
  })
  const drains = registry.counter('drain_requests', 'Media nodes asked to drain, or to do so no more', {
    command: drainCommands,
  })
  const refusals = registry.counter('refusals', 'Requests answered with an error, by its code', { code: errorCodes })
  const dropped = registry.counter(
    'registry_dropped',
    'Values in the node registry that never reached their reader, by the reason',
    { reason: dropReasons },
  )
  const faults = registry.counter(
    'registry_faults',
    'Faults of the node registry and of connections to it, by the reason',
    {
      reason: registryFaults,
    },
  )
  return {
    startRequest() {
      const startedAt = performance.now()
      return ({ route, statusClass }) =>
        requests({ route, status_class: statusClass }, (performance.now() - startedAt) / 1_000)
    },
    allocated: (reason) => allocations({ reason }),
    reallocated: (cause) => reallocations({ cause }),
    placementRefused: (reason) => noPlaces({ reason }),
    probed: (answer) => probes({ answer }),
    drainAsked: (command) => drains({ command }),
    refused: (code) => refusals({ code }),
    registryDropped: (reason, count) => dropped({ reason }, count),
    registryFault: (reason) => faults({ reason }),
    fleetSeen: fleetMetrics(registry),
    contentType: registry.contentType,
    text: () => registry.text(),
  }
}

/** Those of the fleet as the registry knows it, which is the same for every control plane, say nothing while it is away. */
function fleetMetrics(metrics: MetricRegistry): (figures: FleetFigures) => void {
  const fromMemory = metrics.countedElsewhere(
    'placed_from_memory',
    'Rooms placed by this process while the node registry was away',
  )
  const reachable = metrics.gauge('registry_reachable', 'Whether the node registry answers and can be written: 1 or 0')
  const states = ['active', 'draining'] as const
  const nodes = metrics.gauges('fleet_media_nodes', 'Media nodes that are alive, by whether they take rooms', {
    label: 'state',
    values: states,
  })
  const rooms = metrics.gauge('fleet_rooms', 'Rooms on all media nodes, as their heartbeats say')
  const participants = metrics.gauge('fleet_participants', 'Participants on all media nodes, as their heartbeats say')
  const load = metrics.gauge('fleet_load_ratio', 'Mean load of the media nodes that take rooms: 0 is idle, 1 is full')
  const oldest = metrics.gauge(
    'fleet_oldest_heartbeat_age_seconds',
    'Time since the heartbeat of the media node heard of longest ago',
  )
  const reservations = metrics.gauge('fleet_reservations', 'Rooms placed whose opening no media node has told yet')
  const expired = metrics.countedElsewhere(
    'fleet_reservations_expired',
    'Reservations that ran out unused, as the node registry counts them',
  )
  return ({ placedFromMemory, registry }) => {
    fromMemory(placedFromMemory)
    reachable(registry ? 1 : 0)
    for (const state of states) nodes(state, registry?.[state])
    rooms(registry?.rooms)
    participants(registry?.participants)
    load(registry?.load)
    oldest(registry && registry.oldestHeartbeatMs / 1_000)
    reservations(registry?.reservations)
    expired(registry?.expiredReservations)
  }
}
