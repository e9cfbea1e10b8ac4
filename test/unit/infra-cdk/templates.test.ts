import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Validations } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { z } from 'zod'
import { controlPlaneSettings } from '../../../control-plane/settings.ts'
import { readStageSettings } from '../../../infra-cdk/stage-settings.ts'
import { mediaNodeSettings } from '../../../media-node/settings.ts'
import { readSettings } from '../../../shared/settings.ts'
import { ExampleStage, exampleSettings } from './example-stage.ts'
import { bootScript, environmentIn, properties, textOf } from './template-values.ts'
import { templatesText, writtenTemplates } from './templates-snapshot.ts'

const policies = z.object({
  PolicyName: z.string(),
  PolicyDocument: z.object({ Statement: z.array(z.record(z.string(), z.unknown())) }),
})
const actions = (statement: Record<string, unknown>) => [statement['Action']].flat().map(String)

const stage = new ExampleStage()
after(() => stage.remove())
const template = (name: string) => stage.template(name)

test('[I1] the templates are those of the snapshot', () => {
  assert.equal(
    templatesText(stage),
    writtenTemplates(),
    'if the change is meant: node_modules/.bin/node test/unit/infra-cdk/templates-snapshot.ts',
  )
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

test('[I11] nobody may do everything anywhere, and wildcards of resources are for what has none', () => {
  const statements = stage.stacks
    .filter(({ stackName }) => !stackName.endsWith('-Page'))
    .flatMap((stack) => properties(Template.fromStack(stack), 'AWS::IAM::Policy'))
    .flatMap((policy) => policies.parse(policy).PolicyDocument.Statement)
    .filter(({ Effect }) => Effect === 'Allow')
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
      [...new Set(PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(actions))].sort(),
    ])
  assert.deepEqual(
    may.map(([name, what]) => [String(name).replace(/(ServiceRole)?DefaultPolicy.*/, ''), what]),
    [
      [
        'ApiFunction',
        ['dynamodb:BatchWriteItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem', ...readSecret],
      ],
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

test('[I61] an instance reads no parameter of the account, though the policy for SSM would let it', () => {
  const [role] = properties(template('MediaFleet'), 'AWS::IAM::Policy').map((policy) => policies.parse(policy))
  const denied = role?.PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Deny')
  const Action = ['ssm:GetParameter', 'ssm:GetParameters']
  assert.deepEqual(denied, [{ Action, Effect: 'Deny', Resource: '*' }])
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
  const stage = new ExampleStage(readStageSettings({ ...JSON.parse(elsewhere), media }, 'other'))
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
