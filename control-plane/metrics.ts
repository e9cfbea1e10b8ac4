import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { DropReason } from '../shared/node-registry/redis-node-registry.ts'
import type { ErrorCode } from '../shared/protocol/error-code.ts'
import type { AllocationReason } from './allocate-room.ts'

const DURATION_BUCKETS_SECONDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]

/** What the control plane counts. Every label has a closed set of values; nothing a caller sends becomes one. */
export type Metrics = {
  /** Starts timing a request; call what it returns when the answer is known. */
  startRequest(): (labels: { route: string; statusClass: string }) => void
  allocated(reason: AllocationReason): void
  refused(code: ErrorCode): void
  registryDropped(reason: DropReason, count: number): void
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
  const allocations = new Counter({
    name: 'jbcalling_allocations_total',
    help: 'Rooms placed or found, by the reason for where they are',
    labelNames: ['reason'],
    registers,
  })
  const refusals = new Counter({
    name: 'jbcalling_refusals_total',
    help: 'Requests answered with an error, by its code',
    labelNames: ['code'],
    registers,
  })
  const dropped = new Counter({
    name: 'jbcalling_registry_dropped_total',
    help: 'Values in the node registry that never reached their reader',
    labelNames: ['reason'],
    registers,
  })
  return {
    startRequest() {
      const end = requests.startTimer()
      return ({ route, statusClass }) => void end({ route, status_class: statusClass })
    },
    allocated: (reason) => allocations.inc({ reason }),
    refused: (code) => refusals.inc({ code }),
    registryDropped: (reason, count) => dropped.inc({ reason }, count),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}
