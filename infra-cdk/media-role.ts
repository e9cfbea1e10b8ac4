import { Stack } from 'aws-cdk-lib'
import { Effect, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { acknowledgeManagedPolicies, acknowledgeWildcards } from './acknowledge.ts'
import type { DataStack } from './data-stack.ts'
import { METRICS_NAMESPACE } from './fleet-metric.ts'
import type { NetworkStack } from './network-stack.ts'
import type { StageSettings } from './stage-settings.ts'

export type MediaRoleNeeds = {
  readonly network: NetworkStack
  readonly data: DataStack
  readonly groupName: string
}

/** What an instance of the media fleet may do: be managed by SSM, and what its scripts and its media node do. */
export function mediaRole(scope: Construct, settings: StageSettings, needs: MediaRoleNeeds): Role {
  const { network, data, groupName } = needs
  const role = new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
    managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore')],
  })
  network.nodesCertificate.grantRead(role)
  data.rooms.grant(role, 'dynamodb:GetItem')
  data.transcripts.grant(role, 'dynamodb:BatchWriteItem')
  for (const statement of [writeNames(network), readNoParameters(), followGroup(scope, groupName), tellCloudWatch()]) {
    role.addToPolicy(statement)
  }
  const asked = engineActions(settings)
  if (asked.length > 0) role.addToPolicy(new PolicyStatement({ actions: asked, resources: ['*'] }))
  acknowledgeManagedPolicies(role, 'AWS keeps the policy that its SSM agent needs.', 'AmazonSSMManagedInstanceCore')
  acknowledgeWildcards(
    role,
    'Metrics, a registry’s token, Transcribe and Translate have no resource to name; metrics are held to a namespace.',
    'Resource::*',
  )
  acknowledgeWildcards(
    role,
    'The id in an Auto Scaling group’s address is not known before; the name after it is the whole name.',
    `Resource::${groupArn(scope, groupName)}`,
  )
  return role
}

/**
 * A records of instances in the two zones, and nothing else in them. They are those of any instance: IAM knows no value
 * that is one instance's name. SECURITY.md says what a stolen instance can do with that.
 */
function writeNames({ publicZone, privateZone }: NetworkStack): PolicyStatement {
  const types = 'route53:ChangeResourceRecordSetsRecordTypes'
  const actions = 'route53:ChangeResourceRecordSetsActions'
  const names = 'route53:ChangeResourceRecordSetsNormalizedRecordNames'
  return new PolicyStatement({
    effect: Effect.ALLOW,
    actions: ['route53:ChangeResourceRecordSets'],
    resources: [publicZone.hostedZoneArn, privateZone.hostedZoneArn],
    conditions: {
      'ForAllValues:StringEquals': { [types]: ['A'], [actions]: ['UPSERT', 'DELETE'] },
      'ForAllValues:StringLike': { [names]: [`i-*.${publicZone.zoneName.toLowerCase()}`] },
      // A condition on all values holds where there is none.
      Null: { [types]: 'false', [actions]: 'false', [names]: 'false' },
    },
  })
}

/** AmazonSSMManagedInstanceCore lets an instance read every parameter of the account; nothing here keeps any there. */
function readNoParameters(): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.DENY,
    actions: ['ssm:GetParameter', 'ssm:GetParameters'],
    resources: ['*'],
  })
}

function followGroup(scope: Construct, groupName: string): PolicyStatement {
  return new PolicyStatement({
    actions: [
      'autoscaling:CompleteLifecycleAction',
      'autoscaling:RecordLifecycleActionHeartbeat',
      'autoscaling:SetInstanceHealth',
      'autoscaling:SetInstanceProtection',
    ],
    resources: [groupArn(scope, groupName)],
  })
}

function groupArn(scope: Construct, groupName: string): string {
  const { region, account } = Stack.of(scope)
  return `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:*:autoScalingGroupName/${groupName}`
}

function tellCloudWatch(): PolicyStatement {
  return new PolicyStatement({
    actions: ['cloudwatch:PutMetricData'],
    resources: ['*'],
    conditions: { StringEquals: { 'cloudwatch:namespace': METRICS_NAMESPACE } },
  })
}

function engineActions({ media: { settings } }: StageSettings): string[] {
  const engines = [settings['STT_ENGINE'], settings['STT_FALLBACK']]
  return [
    ...(engines.includes('amazon-transcribe') ? ['transcribe:StartStreamTranscription'] : []),
    ...(settings['TRANSLATOR'] === 'amazon-translate' ? ['translate:TranslateText'] : []),
  ]
}
