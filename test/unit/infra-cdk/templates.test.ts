import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { runInNewContext } from 'node:vm'
import type { Stack } from 'aws-cdk-lib'
import { Match, type Template } from 'aws-cdk-lib/assertions'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Hono } from 'hono'
import { z } from 'zod'
import { fleetMetricsLine } from '../../../control-plane/fleet-metrics.ts'
import { secureAnswers } from '../../../control-plane/secure-answers.ts'
import { controlPlaneSettings } from '../../../control-plane/settings.ts'
import { ROOM_REFUSED } from '../../../infra-cdk/control-plane-stack.ts'
import { FLEET_METRICS, METRICS_NAMESPACE } from '../../../infra-cdk/fleet-metric.ts'
import { mediaNodeSettings } from '../../../media-node/settings.ts'
import { readSettings } from '../../../shared/settings.ts'
import { ExampleStage, exampleSettings } from './example-stage.ts'
import { templatesText, writtenTemplates } from './templates-snapshot.ts'

const root = join(import.meta.dirname, '../../..')

const properties = (template: Template, type: string): Record<string, unknown>[] =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties)

const joined = z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) })
const encoded = z.object({ 'Fn::Base64': z.unknown() })

/** A value of a template as text, in which what is known only once it is deployed is `deployed`, or a port. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  const join = joined.safeParse(value).data
  if (join !== undefined) return join['Fn::Join'][1].map(textOf).join(join['Fn::Join'][0])
  const base64 = encoded.safeParse(value).data
  if (base64 !== undefined) return textOf(base64['Fn::Base64'])
  return JSON.stringify(value).includes('Port') ? '6379' : 'deployed'
}

const ingress = z.object({
  SecurityGroupIngress: z.array(
    z.object({ CidrIp: z.string(), IpProtocol: z.string(), FromPort: z.int(), ToPort: z.int() }),
  ),
})

describe('the templates of a stage', () => {
  let stage: ExampleStage
  before(() => {
    stage = new ExampleStage()
  })
  after(() => stage.remove())
  const template = (name: string) => stage.template(name)

  test('[I1] the templates are those of the snapshot', () => {
    assert.equal(
      templatesText(stage),
      writtenTemplates(),
      'if the change is meant: node_modules/.bin/node test/unit/infra-cdk/templates-snapshot.ts',
    )
  })

  test('[I2] tables have the keys of the stores, expire, can be recovered and are not deleted by accident', () => {
    const key = (name: string, KeyType: string) => ({ AttributeName: name, KeyType })
    const schemas = [[key('roomId', 'HASH')], [key('roomId', 'HASH'), key('lineKey', 'RANGE')]]
    for (const KeySchema of schemas) {
      template('Data').hasResource('AWS::DynamoDB::GlobalTable', {
        DeletionPolicy: 'Retain',
        Properties: {
          KeySchema,
          BillingMode: 'PAY_PER_REQUEST',
          TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
          Replicas: [
            Match.objectLike({
              DeletionProtectionEnabled: true,
              PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
            }),
          ],
        },
      })
    }
    template('Data').hasResourceProperties('AWS::ElastiCache::ServerlessCache', { Engine: 'valkey' })
  })

  test('[I3] the world reaches media and signalling on the media nodes, and nothing else', () => {
    const open = properties(template('Network'), 'AWS::EC2::SecurityGroup')
      .flatMap((group) => ingress.safeParse(group).data?.SecurityGroupIngress ?? [])
      .map(({ CidrIp, IpProtocol, FromPort, ToPort }) => `${CidrIp} ${IpProtocol} ${FromPort}-${ToPort}`)
    assert.deepEqual(open, ['0.0.0.0/0 udp 40000-40100', '0.0.0.0/0 tcp 40000-40100', '0.0.0.0/0 tcp 443-443'])
    for (const rule of properties(template('Network'), 'AWS::EC2::SecurityGroupIngress')) {
      assert.ok('SourceSecurityGroupId' in rule && !('CidrIp' in rule))
    }
    template('Network').resourceCountIs('AWS::EC2::NatGateway', 0)
    for (const endpoint of ['.dynamodb', '.s3']) {
      template('Network').hasResourceProperties('AWS::EC2::VPCEndpoint', {
        VpcEndpointType: 'Gateway',
        ServiceName: { 'Fn::Join': ['', Match.arrayWith([endpoint])] },
      })
    }
  })

  test('[I4] the control plane runs on Node 24 inside the network, and its keys are named and not written', () => {
    template('ControlPlane').hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      VpcConfig: Match.anyValue(),
      Environment: {
        Variables: Match.objectLike({ AUTH_MODE: 'guests', SIGNING_KEY: Match.absent(), API_KEYS: Match.absent() }),
      },
    })
  })

  test('[I4] the settings that the template gives are settings that the processes take', () => {
    const lambdas = properties(template('ControlPlane'), 'AWS::Lambda::Function')
    const api = lambdas.find(({ Description }) => Description === 'The control plane of JBCalling')
    const { Variables } = z.object({ Variables: z.record(z.string(), z.unknown()) }).parse(api?.['Environment'])
    const given = Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, textOf(value)]))
    const keys = { AUTH_MODE: 'api-key', API_KEYS: '0123456789abcdef', SIGNING_KEY: '{}' }
    const settings = readSettings(controlPlaneSettings, { ...given, ...keys, HOST: '0.0.0.0' })
    assert.equal(settings.REDIS_URL, 'rediss://deployed:6379')

    const [launch] = properties(template('MediaFleet'), 'AWS::EC2::LaunchTemplate')
    const bootScript = textOf(z.object({ UserData: z.unknown() }).parse(launch?.['LaunchTemplateData']).UserData)
    const [, file = ''] = /media-node\.env <<'END_OF_FILE'\n([\s\S]*?)\nEND_OF_FILE/.exec(bootScript) ?? []
    const lines = file.split('\n').map((line) => line.split(/=(.*)/s))
    const mediaNode = readSettings(mediaNodeSettings, Object.fromEntries(lines))
    const { PORT, TLS_FOLDER, ALLOWED_ORIGINS, DRAIN_DEADLINE_SECONDS } = mediaNode
    assert.deepEqual(
      [PORT, TLS_FOLDER, ALLOWED_ORIGINS, DRAIN_DEADLINE_SECONDS],
      [443, '/tls', ['https://deployed'], 900],
    )
  })

  test('[I5] the API is throttled, and its access log keeps no address, no path and no header', () => {
    template('ControlPlane').hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
    })
    const [stage] = properties(template('ControlPlane'), 'AWS::ApiGatewayV2::Stage')
    const format = JSON.stringify(stage?.['AccessLogSettings'])
    assert.match(format, /\$context\.routeKey/)
    assert.doesNotMatch(format, /sourceIp|identity|\.path|authorizer|userAgent|protocol/i)
    const routes = properties(template('ControlPlane'), 'AWS::ApiGatewayV2::Route').map(({ RouteKey }) => RouteKey)
    assert.equal(
      routes.some((route) => /metrics|stats|\$default/.test(String(route))),
      false,
    )
  })

  test('[I6] the signing keys are rotated once a month, outside the network, by a Lambda that may do no more', () => {
    template('ControlPlane').hasResourceProperties('AWS::SecretsManager::RotationSchedule', {
      RotationRules: { ScheduleExpression: 'rate(30 days)' },
    })
    template('ControlPlane').hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('^Rotates'),
      VpcConfig: Match.absent(),
    })
  })

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

  test('[I9] the fleet grows with its mean load, and at once when rooms are refused', () => {
    template('MediaFleet').hasResourceProperties('AWS::AutoScaling::ScalingPolicy', {
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingConfiguration: Match.objectLike({
        TargetValue: 0.5,
        CustomizedMetricSpecification: Match.objectLike({ MetricName: 'LoadRatio', Namespace: METRICS_NAMESPACE }),
      }),
    })
    template('MediaFleet').hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'RefusedRooms-example',
      Threshold: 1,
      Period: 60,
    })
    template('ControlPlane').hasResourceProperties('AWS::Logs::MetricFilter', {
      FilterPattern: `{ $.msg = "${ROOM_REFUSED}" }`,
    })
    assert.ok(readFileSync(join(root, 'control-plane/allocate-room.ts'), 'utf8').includes(`'${ROOM_REFUSED}'`))
  })

  test('[I9] every metric of the fleet that is looked at is written by somebody', () => {
    const written = fleetMetricsLine([], { stage: 'x', now: 0 })
    const script = readFileSync(join(root, 'infra-cdk/media-host/certificate.sh'), 'utf8')
    const source = readFileSync(join(root, 'control-plane/fleet-metrics.ts'), 'utf8')
    assert.equal(JSON.parse(written)._aws.CloudWatchMetrics[0].Namespace, METRICS_NAMESPACE)
    for (const name of FLEET_METRICS) assert.ok(`${source}${script}`.includes(name), name)
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

  test('[I11] nobody may do everything anywhere, and wildcards of resources are for what has none', () => {
    const statements = stage.stacks
      .filter(({ stackName }) => !stackName.endsWith('-Page'))
      .flatMap((stack: Stack) =>
        properties(stage.template(stack.stackName.split('-').at(-1) ?? ''), 'AWS::IAM::Policy'),
      )
      .flatMap(
        (policy) =>
          z
            .object({ PolicyDocument: z.object({ Statement: z.array(z.record(z.string(), z.unknown())) }) })
            .parse(policy).PolicyDocument.Statement,
      )
    const actions = (statement: Record<string, unknown>) => [statement['Action']].flat().map(String)
    assert.deepEqual(
      statements.flatMap(actions).filter((action) => action.includes('*')),
      [],
    )
    const everywhere = statements.filter(({ Resource }) => Resource === '*').flatMap(actions)
    assert.deepEqual(everywhere.sort(), [
      'cloudwatch:PutMetricData',
      'ecr:GetAuthorizationToken',
      'secretsmanager:GetRandomPassword',
    ])
  })

  test('[I12] the bucket of the page is private, read by CloudFront alone; the API is beside the page', () => {
    template('Page').hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    })
    template('Page').resourceCountIs('AWS::CloudFront::OriginAccessControl', 1)
    template('Page').hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: Match.objectLike({ CacheBehaviors: [Match.objectLike({ PathPattern: '/v1/*' })] }),
    })
  })

  test('[I12] a link into the page leads to the page, and a file to itself', () => {
    const [edge] = properties(template('Page'), 'AWS::CloudFront::Function')
    const served = (uri: string) =>
      runInNewContext(`${edge?.['FunctionCode']}\nhandler({ request: { uri: ${JSON.stringify(uri)} } }).uri`)
    for (const link of ['/', '/room/standup', '/standup']) assert.equal(served(link), '/index.html')
    for (const file of ['/assets/app-1a2b.js', '/favicon.svg', '/index.html']) assert.equal(served(file), file)
  })

  test('[I12] the page has the same headers there as from the control plane itself', async () => {
    const app = new Hono().use(secureAnswers()).get('/', (c) => c.text('page'))
    const { headers } = await app.request('/')
    const [policy] = properties(template('Page'), 'AWS::CloudFront::ResponseHeadersPolicy')
    const text = JSON.stringify(policy).replaceAll('\\"', '"')
    const csp = /"ContentSecurityPolicy":"([^"]+)"/.exec(text)?.[1]
    const permissions = /"Permissions-Policy","Override":true,"Value":"([^"]+)"|"Value":"(camera[^"]+)"/.exec(text)
    const parts = (value: string | null | undefined, separator: string) =>
      (value ?? '')
        .split(separator)
        .map((part) => part.trim())
        .filter((part) => part !== '')
        .sort()
    assert.deepEqual(parts(csp, ';'), parts(headers.get('content-security-policy'), ';'))
    assert.deepEqual(
      parts(permissions?.[1] ?? permissions?.[2], ','),
      parts(headers.get('permissions-policy')?.replaceAll('=self', '=(self)').replaceAll('=none', '=()'), ','),
    )
  })

  test('[I13] every alarm tells somebody, also when it is over', () => {
    const alarms = properties(template('Observability'), 'AWS::CloudWatch::Alarm')
    assert.ok(alarms.length >= 10)
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
    template('Observability').resourceCountIs('AWS::CloudWatch::Dashboard', 1)
  })
})

test('[I2] a stage without a page, on nodes of Valkey, keeps every rule as well, and asks for a key', (t) => {
  const { page: _, ...settings } = exampleSettings()
  const valkey = { kind: 'nodes', nodeType: 'cache.t4g.small', nodes: 2 } as const
  const api = { ...settings.api, customDomain: false, reservedConcurrency: 20 }
  const stage = new ExampleStage({ ...settings, valkey, api, allowedOrigins: ['https://app.example.com'] })
  t.after(() => stage.remove())
  stage.app.synth()
  stage.template('Data').hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
    Engine: 'valkey',
    TransitEncryptionEnabled: true,
    MultiAZEnabled: true,
    NumCacheClusters: 2,
  })
  stage.template('ControlPlane').hasResourceProperties('AWS::Lambda::Function', {
    ReservedConcurrentExecutions: 20,
    Environment: { Variables: Match.objectLike({ AUTH_MODE: 'api-key', CORS_ORIGINS: 'https://app.example.com' }) },
  })
})

test('[I14] what breaks a rule of cdk-nag and gives no reason ends the synthesis', (t) => {
  const stage = new ExampleStage()
  t.after(() => stage.remove())
  const [network] = stage.stacks
  assert.ok(network)
  new Topic(network, 'Insecure')
  assert.throws(() => stage.app.synth(), /Validation failed/)
})
