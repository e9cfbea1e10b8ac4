import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { z } from 'zod'
import { ExampleStage } from './example-stage.ts'
import { bootScript, environmentIn, properties } from './template-values.ts'

const ingress = z.object({
  SecurityGroupIngress: z.array(
    z.object({ CidrIp: z.string(), IpProtocol: z.string(), FromPort: z.int(), ToPort: z.int() }),
  ),
})

const stage = new ExampleStage()
after(() => stage.remove())
const template = (name: string) => stage.template(name)

test('[I3] the world reaches media and signalling on the media nodes, and nothing else', () => {
  const groups = stage.stacks.flatMap((stack) => properties(Template.fromStack(stack), 'AWS::EC2::SecurityGroup'))
  const open = groups
    .flatMap((group) => ingress.safeParse(group).data?.SecurityGroupIngress ?? [])
    .map(({ CidrIp, IpProtocol, FromPort, ToPort }) => `${CidrIp} ${IpProtocol} ${FromPort}-${ToPort}`)
  assert.deepEqual(open, ['0.0.0.0/0 udp 40000-40100', '0.0.0.0/0 tcp 40000-40100', '0.0.0.0/0 tcp 443-443'])
  const inside = stage.stacks.flatMap((stack) =>
    properties(Template.fromStack(stack), 'AWS::EC2::SecurityGroupIngress'),
  )
  for (const rule of inside) assert.ok('SourceSecurityGroupId' in rule && !('CidrIp' in rule))
  assert.deepEqual(inside.map(({ IpProtocol, FromPort, ToPort }) => `${IpProtocol} ${FromPort}-${ToPort}`).sort(), [
    'tcp 443-443',
    'tcp 443-443',
    'tcp 6379-6379',
    'tcp 6379-6379',
  ])
})

test('[I3] without a way out, what is inside reaches AWS by endpoints', () => {
  template('Network').resourceCountIs('AWS::EC2::NatGateway', 0)
  for (const endpoint of ['.dynamodb', '.s3']) {
    template('Network').hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Gateway',
      ServiceName: { 'Fn::Join': ['', Match.arrayWith([endpoint])] },
      RouteTableIds: Match.arrayWith([{ Ref: Match.stringLikeRegexp('^VpcInsideSubnet1') }]),
    })
  }
  template('Network').hasResourceProperties('AWS::EC2::VPCEndpoint', {
    VpcEndpointType: 'Interface',
    ServiceName: 'com.amazonaws.eu-central-1.secretsmanager',
    PrivateDnsEnabled: true,
  })
})

test('[I10] each media node has names in the zone below the domain, and may write A records only', () => {
  template('Network').hasResourceProperties('AWS::Route53::RecordSet', {
    Name: 'nodes.calls.example.com.',
    Type: 'NS',
    HostedZoneId: 'Z0123456789EXAMPLE',
  })
  template('Network').resourceCountIs('AWS::Route53::HostedZone', 2)
  const policy = properties(template('MediaFleet'), 'AWS::IAM::Policy')
  assert.match(JSON.stringify(policy), /ChangeResourceRecordSetsRecordTypes":\["A"\]/)
})

test('[I60] an instance writes A records of instances, and no other name, type or action, nor a change without them', () => {
  const change = 'route53:ChangeResourceRecordSets'
  template('MediaFleet').hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: change,
          Condition: {
            'ForAllValues:StringEquals': {
              [`${change}RecordTypes`]: ['A'],
              [`${change}Actions`]: ['UPSERT', 'DELETE'],
            },
            'ForAllValues:StringLike': { [`${change}NormalizedRecordNames`]: ['i-*.nodes.calls.example.com'] },
            Null: {
              [`${change}RecordTypes`]: 'false',
              [`${change}Actions`]: 'false',
              [`${change}NormalizedRecordNames`]: 'false',
            },
          },
        }),
      ]),
    },
  })
})

test('[I62] the metrics of a media node are for the instance itself', () => {
  const environment = environmentIn(bootScript(template('MediaFleet')), '/opt/jbcalling/media-node.env')
  const { METRICS_HOST, METRICS_PORT } = environment
  assert.equal(METRICS_HOST, '127.0.0.1')
  const scripts = environmentIn(bootScript(template('MediaFleet')), '/opt/jbcalling/settings')
  assert.equal(scripts['METRICS_PORT'], METRICS_PORT)
})
