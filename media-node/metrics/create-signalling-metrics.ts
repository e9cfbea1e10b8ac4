import type { MetricRegistry } from '../../shared/metric-registry.ts'
import { closeReasons } from '../sfu/close-reason.ts'
import { droppedKinds, resumptions, type SignallingMetrics, upgradeRefusals } from '../signalling/signalling-metrics.ts'

const BUCKETS_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]

export function createSignallingMetrics(registry: MetricRegistry): SignallingMetrics {
  const refused = registry.counter(
    'connections_refused',
    'Upgrade requests refused before they became connections, by the reason',
    { reason: upgradeRefusals },
  )
  const closed = registry.counter(
    'connections_closed',
    'Signalling connections that ended, by what the client was told',
    { reason: closeReasons },
  )
  const dropped = registry.counter(
    'signalling_dropped',
    'What was dropped towards clients that do not keep up or are away',
    { what: droppedKinds },
  )
  const resumed = registry.counter('resumes', 'What became of participants whose connection broke, by outcome', {
    outcome: resumptions,
  })
  const requests = registry.histograms(
    'request_duration_seconds',
    'From a request to its answer, by method and outcome',
    {
      buckets: BUCKETS_SECONDS,
      labelNames: ['method', 'outcome'],
    },
  )
  const joined = registry.histogram(
    'join_duration_seconds',
    'From the connection to the answer of receive',
    BUCKETS_SECONDS,
  )
  return {
    refused: (reason) => refused({ reason }),
    answered: (method, outcome, seconds) => requests({ method, outcome }, seconds),
    joined,
    closed: (reason) => closed({ reason }),
    dropped: (what) => dropped({ what }),
    resumed: (outcome) => resumed({ outcome }),
  }
}
