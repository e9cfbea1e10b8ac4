import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { NodeCommand, RefusalReason } from '../shared/node-registry/node-registry.ts'
import type { DropReason } from '../shared/node-registry/redis-node-registry.ts'
import type { ErrorCode } from '../shared/protocol/error-code.ts'
import type { AllocationReason } from './allocate-room.ts'
import type { ProbeAnswer } from './health-probes.ts'
import type { MoveCause } from './judge-host.ts'

const DURATION_BUCKETS_SECONDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]

/** The fleet at one moment; what the registry knows is missing while it is away. */
export type FleetFigures = {
  readonly placedFromMemory: number
  readonly registry:
    | {
        readonly nodes: number
        readonly reservations: number
        readonly oldestHeartbeatMs: number
        readonly expiredReservations: number
      }
    | undefined
}

/** What the control plane counts. Every label has a closed set of values; nothing a caller sends becomes one. */
export type Metrics = {
  /** Starts timing a request; call what it returns when the answer is known. */
  startRequest(): (labels: { route: string; statusClass: string }) => void
  allocated(reason: AllocationReason): void
  reallocated(cause: MoveCause): void
  placementRefused(reason: RefusalReason): void
  probed(answer: ProbeAnswer): void
  drainAsked(command: NodeCommand['type']): void
  refused(code: ErrorCode): void
  registryDropped(reason: DropReason, count: number): void
  /** Takes over how the fleet is now. */
  fleetSeen(figures: FleetFigures): void
  readonly contentType: string
  /** In Prometheus' text format. */
  text(): Promise<string>
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'jbcalling_http_request_duration_seconds',
    help: 'Time to answer a request, by route and class of status',
    labelNames: ['route', 'status_class'],
    buckets: DURATION_BUCKETS_SECONDS,
    registers,
  })
  const counter = <L extends string>(name: string, help: string, label: L) =>
    new Counter({ name: `jbcalling_${name}_total`, help, labelNames: [label], registers })
  const allocations = counter('allocations', 'Rooms placed or found, by the reason for where they are', 'reason')
  const reallocations = counter('reallocations', 'Rooms moved to another media node, by the cause', 'cause')
  const noPlaces = counter('placement_refusals', 'Rooms for which there was no media node, by the reason', 'reason')
  const probes = counter('probes', 'Media nodes asked whether they live, by their answer', 'answer')
  const drains = counter('drain_requests', 'Media nodes asked to drain, or to do so no more', 'command')
  const refusals = counter('refusals', 'Requests answered with an error, by its code', 'code')
  const dropped = counter('registry_dropped', 'Values in the node registry that never reached their reader', 'reason')
  const fleet = fleetGauges(registers)
  return {
    startRequest() {
      const end = requests.startTimer()
      return ({ route, statusClass }) => void end({ route, status_class: statusClass })
    },
    allocated: (reason) => allocations.inc({ reason }),
    reallocated: (cause) => reallocations.inc({ cause }),
    placementRefused: (reason) => noPlaces.inc({ reason }),
    probed: (answer) => probes.inc({ answer }),
    drainAsked: (command) => drains.inc({ command }),
    refused: (code) => refusals.inc({ code }),
    registryDropped: (reason, count) => dropped.inc({ reason }, count),
    fleetSeen: fleet,
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}

/** Gauges of the fleet; those that only the registry knows say nothing while it is away. */
function fleetGauges(registers: Registry[]): (figures: FleetFigures) => void {
  const gauge = (name: string, help: string) => new Gauge({ name: `jbcalling_${name}`, help, registers })
  const reachable = gauge('registry_reachable', 'Whether the node registry answers: 1 or 0')
  const fromMemory = gauge('placed_from_memory', 'Rooms placed since the start while the node registry was away')
  const nodes = gauge('media_nodes', 'Media nodes that are alive')
  const heartbeatAge = gauge('heartbeat_age_seconds', 'Time since the heartbeat of the media node heard of longest ago')
  const reservations = gauge('reservations', 'Rooms placed whose opening no media node has told yet')
  const expired = gauge('reservations_expired', 'Reservations that ran out unused, counted by the node registry')
  const known = [nodes, heartbeatAge, reservations, expired]
  return ({ placedFromMemory, registry }) => {
    fromMemory.set(placedFromMemory)
    reachable.set(registry ? 1 : 0)
    if (!registry) {
      for (const one of known) one.remove()
      return
    }
    nodes.set(registry.nodes)
    heartbeatAge.set(registry.oldestHeartbeatMs / 1_000)
    reservations.set(registry.reservations)
    expired.set(registry.expiredReservations)
  }
}
