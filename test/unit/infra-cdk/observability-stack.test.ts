import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Match } from 'aws-cdk-lib/assertions'
import { fleetMetricsLine } from '../../../control-plane/fleet-metrics.ts'
import { FLEET_METRICS, METRICS_NAMESPACE } from '../../../infra-cdk/fleet-metric.ts'
import { ExampleStage } from './example-stage.ts'
import { properties, textOf } from './template-values.ts'

const root = join(import.meta.dirname, '../../..')

const stage = new ExampleStage()
after(() => stage.remove())
const template = (name: string) => stage.template(name)

test('[I9] every metric of the fleet that is looked at is written by somebody', () => {
  const written = fleetMetricsLine([], { stage: 'x', now: 0 })
  const script = readFileSync(join(root, 'infra-cdk/media-host/certificate.sh'), 'utf8')
  const source = readFileSync(join(root, 'control-plane/fleet-metrics.ts'), 'utf8')
  assert.equal(JSON.parse(written)._aws.CloudWatchMetrics[0].Namespace, METRICS_NAMESPACE)
  for (const name of FLEET_METRICS) assert.ok(`${source}${script}`.includes(name), name)
})

test('[I13] every alarm tells somebody, also when it is over', () => {
  const alarms = properties(template('Observability'), 'AWS::CloudWatch::Alarm')
  const watched = alarms.map(({ MetricName, Namespace }) => `${Namespace} ${MetricName}`)
  assert.deepEqual(watched.sort(), [
    'AWS/ApiGateway 5xx',
    'AWS/ApiGateway Latency',
    'AWS/DynamoDB ReadThrottleEvents',
    'AWS/DynamoDB ReadThrottleEvents',
    'AWS/DynamoDB WriteThrottleEvents',
    'AWS/DynamoDB WriteThrottleEvents',
    'AWS/Lambda Errors',
    'AWS/Lambda Errors',
    'AWS/Lambda Errors',
    'AWS/Lambda Throttles',
    'JBCalling CertificateDays',
    'JBCalling LoadRatio',
    'JBCalling MediaNodes',
    'JBCalling RefusedRooms-example',
  ])
  for (const { AlarmActions, OKActions, AlarmDescription } of alarms) {
    for (const actions of [AlarmActions, OKActions]) assert.ok(Array.isArray(actions) && actions.length === 1)
    assert.ok(AlarmDescription)
  }
  template('Observability').hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
        }),
      ]),
    },
  })
  template('Observability').hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: 'operator@example.com',
  })
  const [dashboard] = properties(template('Observability'), 'AWS::CloudWatch::Dashboard')
  const drawn = textOf(dashboard?.['DashboardBody'])
  for (const name of [
    ...FLEET_METRICS,
    'RefusedRooms-example',
    '5xx',
    'Latency',
    'Errors',
    'ReadThrottleEvents',
    'WriteThrottleEvents',
  ]) {
    assert.ok(drawn.includes(`"${name}"`), name)
  }
})
