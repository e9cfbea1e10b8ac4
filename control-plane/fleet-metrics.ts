import type { AliveNode } from '../shared/node-registry/node-registry.ts'
import { firmLoad } from './choose-media-node.ts'

/** The namespace and the names in CloudWatch; alarms, the dashboard and the scaling of the fleet go by them. */
export const METRICS_NAMESPACE = 'JBCalling'

const UNITS = {
  LoadRatio: 'None',
  MediaNodes: 'Count',
  DrainingNodes: 'Count',
  Rooms: 'Count',
  Participants: 'Count',
} as const

/**
 * The fleet as one line of CloudWatch's embedded metric format. `LoadRatio` is the mean of what makes media
 * nodes full, over the media nodes that take some: 1 if none does, and left out while there is no media node at all, since
 * then it is not load that is wrong.
 */
export function fleetMetricsLine(
  nodes: readonly AliveNode[],
  at: { readonly stage: string; readonly now: number },
): string {
  const sum = (of: (node: AliveNode) => number) => nodes.reduce((total, node) => total + of(node), 0)
  const loadRatio = loadOf(nodes)
  const values = {
    ...(loadRatio !== undefined && { LoadRatio: loadRatio }),
    MediaNodes: nodes.length,
    DrainingNodes: nodes.filter(({ draining }) => draining).length,
    Rooms: sum(({ rooms }) => rooms),
    Participants: sum(({ participants }) => participants),
  }
  const metrics = Object.entries(UNITS).filter(([name]) => name in values)
  return JSON.stringify({
    _aws: {
      Timestamp: at.now,
      CloudWatchMetrics: [
        {
          Namespace: METRICS_NAMESPACE,
          Dimensions: [['Stage']],
          Metrics: metrics.map(([Name, Unit]) => ({ Name, Unit })),
        },
      ],
    },
    Stage: at.stage,
    ...values,
  })
}

function loadOf(nodes: readonly AliveNode[]): number | undefined {
  if (nodes.length === 0) return undefined
  const takers = nodes.filter(({ draining }) => !draining)
  if (takers.length === 0) return 1
  const loads = takers.map((node) => Math.min(1, firmLoad(node)))
  return loads.reduce((total, load) => total + load, 0) / takers.length
}
