import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Match } from 'aws-cdk-lib/assertions'
import { z } from 'zod'
import { ROOM_REFUSED } from '../../../infra-cdk/control-plane-stack.ts'
import { METRICS_NAMESPACE } from '../../../infra-cdk/fleet-metric.ts'
import { ExampleStage } from './example-stage.ts'
import { bootScript, environmentIn, properties } from './template-values.ts'

const root = join(import.meta.dirname, '../../..')

const stage = new ExampleStage()
after(() => stage.remove())
const template = (name: string) => stage.template(name)

test('[I7] instances ask for IMDSv2, have no SSH key, an encrypted disk and a boot script of less than 16 KiB', () => {
  template('MediaFleet').hasResourceProperties('AWS::EC2::LaunchTemplate', {
    LaunchTemplateData: {
      KeyName: Match.absent(),
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      NetworkInterfaces: [Match.objectLike({ AssociatePublicIpAddress: true })],
      BlockDeviceMappings: [Match.objectLike({ Ebs: Match.objectLike({ Encrypted: true }) })],
    },
  })
  const [launch] = properties(template('MediaFleet'), 'AWS::EC2::LaunchTemplate')
  const size = JSON.stringify(launch).length
  assert.ok(size < 14_000, `${size} characters with all that is around it`)
  template('MediaFleet').hasParameter('*', { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>' })
})

test('[I8] an instance is in service when it is ready, and a termination waits for its drain', () => {
  const hook = (state: string, result: string) =>
    Match.objectLike({ LifecycleTransition: `autoscaling:EC2_INSTANCE_${state}`, DefaultResult: result })
  template('MediaFleet').hasResource('AWS::AutoScaling::AutoScalingGroup', {
    DependsOn: Match.arrayWith([Match.stringLikeRegexp('^RoleDefaultPolicy')]),
    Properties: {
      MinSize: '2',
      MaxSize: '10',
      DefaultInstanceWarmup: 240,
      LifecycleHookSpecificationList: [hook('LAUNCHING', 'ABANDON'), hook('TERMINATING', 'CONTINUE')],
    },
  })
})

test('[I8] a drain says that it goes on before the termination stops waiting, and has all its time to stop', () => {
  const script = bootScript(template('MediaFleet'))
  const host = environmentIn(script, '/opt/jbcalling/settings')
  const { DRAIN_DEADLINE_SECONDS } = environmentIn(script, '/opt/jbcalling/media-node.env')
  const [group] = properties(template('MediaFleet'), 'AWS::AutoScaling::AutoScalingGroup')
  const hooks = z.array(z.object({ LifecycleHookName: z.string(), HeartbeatTimeout: z.number() }))
  const [launch, termination] = hooks.parse(group?.['LifecycleHookSpecificationList'])
  assert.equal(launch?.LifecycleHookName, host['LAUNCH_HOOK'])
  assert.equal(termination?.LifecycleHookName, host['TERMINATION_HOOK'])
  assert.equal(group?.['AutoScalingGroupName'], host['GROUP'])
  assert.ok(2 * Number(host['HEARTBEAT_SECONDS']) < Number(termination?.HeartbeatTimeout))
  assert.ok(Number(host['STOP_SECONDS']) > Number(DRAIN_DEADLINE_SECONDS))
  assert.ok(Number(/TimeoutStopSec=(\d+)/.exec(script)?.[1]) > Number(host['STOP_SECONDS']))
})

test('[I9] the fleet grows with its mean load, and at once when rooms are refused', () => {
  template('MediaFleet').hasResourceProperties('AWS::AutoScaling::ScalingPolicy', {
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingConfiguration: Match.objectLike({
      TargetValue: 0.5,
      CustomizedMetricSpecification: Match.objectLike({ MetricName: 'LoadRatio', Namespace: METRICS_NAMESPACE }),
    }),
  })
  template('MediaFleet').allResourcesProperties('AWS::AutoScaling::ScalingPolicy', { EstimatedInstanceWarmup: 240 })
  const refused = template('MediaFleet').findResources('AWS::AutoScaling::ScalingPolicy', {
    Properties: { PolicyType: 'StepScaling', AdjustmentType: 'ChangeInCapacity' },
  })
  template('MediaFleet').hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmActions: Object.keys(refused).map((Ref) => ({ Ref })),
    MetricName: 'RefusedRooms-example',
    Threshold: 1,
    Period: 60,
  })
  template('ControlPlane').hasResourceProperties('AWS::Logs::MetricFilter', {
    FilterPattern: `{ $.msg = "${ROOM_REFUSED}" }`,
  })
  assert.ok(readFileSync(join(root, 'control-plane/allocate-room.ts'), 'utf8').includes(`'${ROOM_REFUSED}'`))
})
