import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { Validations } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Hono } from 'hono'
import { z } from 'zod'
import { fleetMetricsLine } from '../../../control-plane/fleet-metrics.ts'
import { secureAnswers } from '../../../control-plane/secure-answers.ts'
import { controlPlaneSettings } from '../../../control-plane/settings.ts'
import { ROOM_REFUSED } from '../../../infra-cdk/control-plane-stack.ts'
import { FLEET_METRICS, METRICS_NAMESPACE } from '../../../infra-cdk/fleet-metric.ts'
import { readStageSettings } from '../../../infra-cdk/stage-settings.ts'
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

/** What an instance does at its first boot. */
function bootScript(fleet: Template): string {
  const [launch] = properties(fleet, 'AWS::EC2::LaunchTemplate')
  return textOf(z.object({ UserData: z.unknown() }).parse(launch?.['LaunchTemplateData']).UserData)
}

/** The environment that the boot script writes into a file. */
function environmentIn(script: string, path: string): Readonly<Record<string, string>> {
  const [, file = ''] = script.split(`cat >${path} <<'END_OF_FILE'\n`)
  const [lines = ''] = file.split('\nEND_OF_FILE')
  return Object.fromEntries(lines.split('\n').map((line) => line.split(/=(.*)/s)))
}

const policies = z.object({
  PolicyName: z.string(),
  PolicyDocument: z.object({ Statement: z.array(z.record(z.string(), z.unknown())) }),
})
const actions = (statement: Record<string, unknown>) => [statement['Action']].flat().map(String)

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

    const environment = environmentIn(bootScript(template('MediaFleet')), '/opt/jbcalling/media-node.env')
    const mediaNode = readSettings(mediaNodeSettings, environment)
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
    template('ControlPlane').hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      AccessLogSettings: { DestinationArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('AccessLog'), 'Arn'] } },
    })
    const format = JSON.stringify(stage?.['AccessLogSettings'])
    assert.match(format, /\$context\.routeKey/)
    assert.doesNotMatch(format, /sourceIp|identity|\.path|authorizer|userAgent|protocol/i)
    const routes = properties(template('ControlPlane'), 'AWS::ApiGatewayV2::Route').map(({ RouteKey }) => RouteKey)
    assert.equal(
      routes.some((route) => /metrics|stats|\$default/.test(String(route))),
      false,
    )
  })

  test('[I5] the API has a name of its own, with its certificate and its record', () => {
    const [domainName] = Object.keys(template('ControlPlane').findResources('AWS::ApiGatewayV2::DomainName'))
    template('ControlPlane').hasResourceProperties('AWS::ApiGatewayV2::ApiMapping', { DomainName: { Ref: domainName } })
    template('ControlPlane').hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
      DomainName: 'api.calls.example.com',
      DomainNameConfigurations: [Match.objectLike({ SecurityPolicy: 'TLS_1_2' })],
    })
    template('ControlPlane').hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: 'api.calls.example.com',
    })
    template('ControlPlane').hasResourceProperties('AWS::Route53::RecordSet', { Name: 'api.calls.example.com.' })
  })

  test('[I6] the signing keys are rotated once a month, outside the network, by a Lambda that may do no more', () => {
    template('ControlPlane').hasResourceProperties('AWS::SecretsManager::RotationSchedule', {
      SecretId: { Ref: Match.stringLikeRegexp('^SigningKeys') },
      RotationLambdaARN: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Rotation'), 'Arn'] },
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
      .flatMap((stack) => properties(Template.fromStack(stack), 'AWS::IAM::Policy'))
      .flatMap((policy) => policies.parse(policy).PolicyDocument.Statement)
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

  test('[I11] each role may do what it is for, and no more; an instance is managed by SSM alone', () => {
    const readSecret = ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue']
    const may = ['ControlPlane', 'MediaFleet']
      .flatMap((name) => properties(template(name), 'AWS::IAM::Policy'))
      .map((policy) => policies.parse(policy))
      .map(({ PolicyName, PolicyDocument }) => [
        PolicyName,
        [...new Set(PolicyDocument.Statement.flatMap(actions))].sort(),
      ])
    assert.deepEqual(
      may.map(([name, what]) => [String(name).replace(/(ServiceRole)?DefaultPolicy.*/, ''), what]),
      [
        ['ApiFunction', ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem', ...readSecret]],
        [
          'RotationFunction',
          [
            ...readSecret.slice(0, 1),
            'secretsmanager:GetRandomPassword',
            ...readSecret.slice(1),
            'secretsmanager:PutSecretValue',
            'secretsmanager:UpdateSecretVersionStage',
          ],
        ],
        [
          'Role',
          [
            'autoscaling:CompleteLifecycleAction',
            'autoscaling:RecordLifecycleActionHeartbeat',
            'autoscaling:SetInstanceHealth',
            'autoscaling:SetInstanceProtection',
            'cloudwatch:PutMetricData',
            'dynamodb:BatchWriteItem',
            'dynamodb:GetItem',
            'ecr:BatchCheckLayerAvailability',
            'ecr:BatchGetImage',
            'ecr:GetAuthorizationToken',
            'ecr:GetDownloadUrlForLayer',
            'logs:CreateLogStream',
            'logs:PutLogEvents',
            'route53:ChangeResourceRecordSets',
            ...readSecret,
          ],
        ],
      ],
    )
    const [role] = properties(template('MediaFleet'), 'AWS::IAM::Role')
    assert.match(JSON.stringify(role?.['ManagedPolicyArns']), /^[^/]+policy\/AmazonSSMManagedInstanceCore[^/]+$/)
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
      DistributionConfig: Match.objectLike({
        DefaultCacheBehavior: Match.objectLike({ ViewerProtocolPolicy: 'redirect-to-https' }),
        CacheBehaviors: [Match.objectLike({ PathPattern: '/v1/*', ViewerProtocolPolicy: 'https-only' })],
      }),
    })
    const [bucket] = Object.keys(template('Page').findResources('AWS::S3::Bucket'))
    template('Page').allResourcesProperties('Custom::CDKBucketDeployment', { DestinationBucketName: { Ref: bucket } })
    template('Page').hasResourceProperties('Custom::CDKBucketDeployment', {
      Exclude: ['assets/*'],
      SystemMetadata: { 'cache-control': 'no-cache' },
      DistributionPaths: ['/*'],
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
    const watched = alarms.map(({ MetricName, Namespace }) => `${Namespace} ${MetricName}`)
    assert.deepEqual(watched.sort(), [
      'AWS/ApiGateway 5xx',
      'AWS/ApiGateway Latency',
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
    for (const name of [...FLEET_METRICS, 'RefusedRooms-example', '5xx', 'Latency', 'Errors', 'WriteThrottleEvents']) {
      assert.ok(drawn.includes(`"${name}"`), name)
    }
  })
})

test('[I2] a stage without a page, on nodes of Valkey, keeps every rule as well, and asks for a key', (t) => {
  const { page: _, ...settings } = exampleSettings()
  const valkey = { kind: 'nodes', nodeType: 'cache.t4g.small', nodes: 2 } as const
  const api = { ...settings.api, customDomain: false, reservedConcurrency: 20 }
  const stage = new ExampleStage({ ...settings, valkey, api, allowedOrigins: ['https://app.example.com'] })
  t.after(() => stage.remove())
  stage.app.synth()
  stage.template('ControlPlane').resourceCountIs('AWS::ApiGatewayV2::DomainName', 0)
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
  stage.app.synth()
  const reasons = stage.app.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.values(z.record(z.string(), z.string()).parse(data)))
  assert.ok(reasons.length > 20)
  for (const reason of reasons) assert.match(reason, /^(\S+ ){3,}/)
  const [network] = stage.stacks
  assert.ok(network)
  new Topic(network, 'Insecure')
  assert.throws(() => stage.app.synth({ force: true }), /Validation failed/)
})

test('[I15] region, sizes and domain are those that the settings of a stage say', (t) => {
  const given = JSON.stringify({ ...exampleSettings(), stage: 'other' })
  const media = {
    instanceType: 'c8g.xlarge',
    minNodes: 3,
    maxNodes: 7,
    targetLoad: 0.6,
    drainMinutes: 20,
    settings: {},
  }
  const elsewhere = given.replaceAll('eu-central-1', 'us-west-2').replaceAll('calls.example.com', 'talks.example.org')
  const stage = new ExampleStage(readStageSettings({ ...JSON.parse(elsewhere), media }))
  t.after(() => stage.remove())
  const text = templatesText(stage)
  for (const other of ['eu-central-1', 'calls.example.com', 'c7i.large', '-example'])
    assert.ok(!text.includes(other), other)
  stage.template('MediaFleet').hasResourceProperties('AWS::EC2::LaunchTemplate', {
    LaunchTemplateData: { InstanceType: 'c8g.xlarge' },
  })
  stage
    .template('MediaFleet')
    .hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { MinSize: '3', MaxSize: '7' })
  stage.template('MediaFleet').hasResourceProperties('AWS::AutoScaling::ScalingPolicy', {
    TargetTrackingConfiguration: Match.objectLike({ TargetValue: 0.6 }),
  })
  const { DRAIN_DEADLINE_SECONDS } = environmentIn(
    bootScript(stage.template('MediaFleet')),
    '/opt/jbcalling/media-node.env',
  )
  assert.equal(DRAIN_DEADLINE_SECONDS, '1200')
})
