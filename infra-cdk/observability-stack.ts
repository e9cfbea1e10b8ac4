import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import {
  type Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'
import type { ControlPlaneStack } from './control-plane-stack.ts'
import type { DataStack } from './data-stack.ts'
import { fleetMetric } from './fleet-metric.ts'
import type { StageSettings } from './stage-settings.ts'

/** An alarm: when `metric` is above, or below, for so many minutes in a row. */
type Watch = {
  readonly name: string
  readonly metric: Metric
  readonly above?: number
  readonly below?: number
  readonly minutes: number
  /** No data is a sign as well. */
  readonly missingIsBad?: true
  readonly text: string
}

export type ObservabilityNeeds = { readonly controlPlane: ControlPlaneStack; readonly data: DataStack }

/** What the operator sees, and is told of. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, settings: StageSettings, needs: ObservabilityNeeds, props: StackProps) {
    super(scope, id, props)
    const topic = new Topic(this, 'Alarms', { displayName: `JBCalling ${settings.stage}`, enforceSSL: true })
    // A policy of its own takes the place of the one by which AWS lets an account's alarms in.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': settings.account } },
      }),
    )
    for (const address of settings.alarmEmails) topic.addSubscription(new EmailSubscription(address))
    const action = new SnsAction(topic)
    for (const watch of watches(settings, needs)) {
      const alarm = this.#alarm(watch)
      alarm.addAlarmAction(action)
      alarm.addOkAction(action)
    }
    this.#dashboard(settings, needs)
  }

  #alarm({ name, metric, above, below, minutes, missingIsBad, text }: Watch): Alarm {
    return metric.createAlarm(this, name, {
      alarmDescription: text,
      threshold: above ?? below ?? 0,
      comparisonOperator:
        above === undefined ? ComparisonOperator.LESS_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: minutes,
      treatMissingData: missingIsBad === true ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    })
  }

  #dashboard(settings: StageSettings, { controlPlane, data }: ObservabilityNeeds): void {
    const { api, entrance, refusedRooms } = controlPlane
    const fleet = (name: Parameters<typeof fleetMetric>[1]) => fleetMetric(settings, name)
    const graph = (title: string, ...left: IMetric[]) => new GraphWidget({ title, left, width: 8 })
    new Dashboard(this, 'Dashboard', {
      dashboardName: `JBCalling-${settings.stage}`,
      widgets: [
        [
          graph('Load of the fleet', fleet('LoadRatio')),
          graph('Media nodes', fleet('MediaNodes'), fleet('DrainingNodes')),
          graph('People in rooms', fleet('Participants'), fleet('Rooms')),
        ],
        [
          graph('Rooms that found no media node', refusedRooms),
          graph('Calls of the API', entrance.api.metricCount(MINUTE), entrance.api.metricServerError(MINUTE)),
          graph(
            'Time that the API takes',
            ...percentiles((statistic) => entrance.api.metricLatency({ ...MINUTE, statistic })),
          ),
        ],
        [
          graph('The Lambda', api.function.metricErrors(MINUTE), api.function.metricThrottles(MINUTE)),
          graph('DynamoDB refuses', ...TABLE_USES.map(([table, use]) => throttled(data, table, use))),
          graph('Days that the certificate is good', fleetMetric(settings, 'CertificateDays', 'Minimum')),
        ],
      ],
    })
  }
}

const MINUTE = { period: Duration.minutes(1) }

function percentiles(metric: (statistic: string) => IMetric): IMetric[] {
  return ['p50', 'p95', 'p99'].map(metric)
}

type Table = 'rooms' | 'transcripts'
type Use = 'Read' | 'Write'

/** Both uses of both tables, and what it is when DynamoDB refuses them. */
const TABLE_USES: ReadonlyArray<readonly [Table, Use, string]> = [
  ['rooms', 'Read', 'DynamoDB refuses reads of rooms; some joins fail.'],
  ['rooms', 'Write', 'DynamoDB takes no more writes of rooms.'],
  ['transcripts', 'Read', 'DynamoDB refuses reads of transcripts; some cannot be downloaded.'],
  ['transcripts', 'Write', 'DynamoDB takes no more transcripts; they wait on the media nodes.'],
]

function throttled(data: DataStack, table: Table, use: Use): Metric {
  return new Metric({
    namespace: 'AWS/DynamoDB',
    metricName: `${use}ThrottleEvents`,
    dimensionsMap: { TableName: data[table].tableName },
    statistic: 'Sum',
    ...MINUTE,
  })
}

function watches(settings: StageSettings, { controlPlane, data }: ObservabilityNeeds): readonly Watch[] {
  const { api, entrance, fleetMetrics, rotation, refusedRooms } = controlPlane
  const { minNodes } = settings.media
  return [
    {
      name: 'TooFewMediaNodes',
      metric: fleetMetric(settings, 'MediaNodes', 'Minimum'),
      below: minNodes,
      minutes: 15,
      missingIsBad: true,
      text: `Fewer than ${minNodes} media nodes are alive, or nobody counts them.`,
    },
    {
      name: 'FleetFull',
      metric: fleetMetric(settings, 'LoadRatio'),
      above: 0.75,
      minutes: 10,
      text: 'The fleet stays near the load from which media nodes take no more rooms.',
    },
    { name: 'RefusedRooms', metric: refusedRooms, above: 0, minutes: 3, text: 'Rooms find no media node.' },
    {
      name: 'ApiErrors',
      metric: entrance.api.metricServerError({ ...MINUTE, statistic: 'Sum' }),
      above: 5,
      minutes: 3,
      text: 'The API answers with errors of its own.',
    },
    {
      name: 'ApiSlow',
      metric: entrance.api.metricLatency({ ...MINUTE, statistic: 'p95' }),
      above: 2_000,
      minutes: 10,
      text: 'One call in twenty takes longer than two seconds.',
    },
    {
      name: 'LambdaErrors',
      metric: api.function.metricErrors(MINUTE),
      above: 0,
      minutes: 3,
      text: 'The Lambda fails, or does not start.',
    },
    {
      name: 'LambdaThrottled',
      metric: api.function.metricThrottles(MINUTE),
      above: 0,
      minutes: 3,
      text: 'The account or the reserved concurrency lets too few Lambdas run.',
    },
    {
      name: 'FleetUnseen',
      metric: fleetMetrics.function.metricErrors(MINUTE),
      above: 0,
      minutes: 3,
      text: 'The node registry cannot be read.',
    },
    {
      name: 'RotationFailed',
      metric: rotation.function.metricErrors(MINUTE),
      above: 0,
      minutes: 1,
      text: 'The signing keys were not rotated; the present ones go on.',
    },
    {
      name: 'CertificateEnds',
      metric: fleetMetric(settings, 'CertificateDays', 'Minimum').with({ period: Duration.hours(2) }),
      below: 14,
      minutes: 1,
      text: 'The certificate that media nodes use has to be renewed, or what is in its secret is refused (their logs).',
    },
    ...TABLE_USES.map(([table, use, text]) => ({
      name: `${table === 'rooms' ? 'Room' : 'Transcript'}${use}sThrottled`,
      metric: throttled(data, table, use),
      above: 0,
      minutes: 3,
      text,
    })),
  ]
}
