import { Duration } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { StageSettings } from './stage-settings.ts'

export const METRICS_NAMESPACE = 'JBCalling'

/** What `control-plane/fleet-metrics.ts` writes once a minute, and a media node about its certificate. */
export const FLEET_METRICS = [
  'LoadRatio',
  'MediaNodes',
  'DrainingNodes',
  'Rooms',
  'Participants',
  'CertificateDays',
] as const

export type FleetMetricName = (typeof FLEET_METRICS)[number]

/** A metric of a stage's fleet, over a minute. */
export function fleetMetric({ stage }: StageSettings, metricName: FleetMetricName, statistic = 'Average'): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensionsMap: { Stage: stage },
    statistic,
    period: Duration.minutes(1),
  })
}
