import { CfnOutput, Duration, Stack, type StackProps, Validations } from 'aws-cdk-lib'
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { acknowledgeWildcards } from './acknowledge.ts'
import type { Bundles } from './bundles.ts'
import type { DataStack } from './data-stack.ts'
import { METRICS_NAMESPACE } from './fleet-metric.ts'
import { HttpEntrance } from './http-entrance.ts'
import { BundledLambda } from './lambda-function.ts'
import type { NetworkStack } from './network-stack.ts'
import type { StageSettings } from './stage-settings.ts'

const KEY_LENGTH = 48

/** API Gateway gives up after 30 s; a request takes 5 s at most, and a start a few more. */
const CALL_TIMEOUT = Duration.seconds(15)
const JOB_TIMEOUT = Duration.seconds(30)
const ROTATION = Duration.days(30)

/** What `control-plane/allocate-room.ts` logs when it finds no media node for a room. */
export const ROOM_REFUSED = 'no media node takes the room'

export type ControlPlaneNeeds = {
  readonly network: NetworkStack
  readonly data: DataStack
  readonly bundles: Bundles
}

/** The HTTP API, the keys that it signs and is called with, and what looks after both. */
export class ControlPlaneStack extends Stack {
  readonly api: BundledLambda
  readonly rotation: BundledLambda
  readonly fleetMetrics: BundledLambda
  readonly entrance: HttpEntrance
  readonly refusedRooms: Metric
  /** With which the page's CloudFront shows the API that a call came by it; without a page there is none. */
  readonly pageKey: Secret | undefined

  constructor(scope: Construct, id: string, settings: StageSettings, needs: ControlPlaneNeeds, props: StackProps) {
    super(scope, id, props)
    const { network, data, bundles } = needs
    const inside = { vpc: network.vpc, group: network.controlPlaneGroup }
    const signingKeys = this.#signingKeys(settings)
    const operatorKey = this.#operatorKey(settings)
    this.pageKey = settings.page && this.#pageKey(settings)
    this.api = new BundledLambda(this, 'Api', {
      bundle: bundles.controlPlane,
      description: 'The control plane of JBCalling',
      timeout: CALL_TIMEOUT,
      reservedConcurrency: settings.api.reservedConcurrency,
      inside,
      environment: {
        AUTH_MODE: settings.page?.guests === true ? 'guests' : 'api-key',
        SIGNING_KEY_SECRET: signingKeys.secretArn,
        API_KEY_SECRETS: operatorKey.secretArn,
        ...(this.pageKey && { PAGE_KEY_SECRET: this.pageKey.secretArn }),
        REDIS_URL: data.registryUrl,
        ROOMS_TABLE: data.rooms.tableName,
        TRANSCRIPTS_TABLE: data.transcripts.tableName,
        // The endpoint of DynamoDB in the VPC is that of the region, not that of the account.
        AWS_ACCOUNT_ID_ENDPOINT_MODE: 'disabled',
        CORS_ORIGINS: settings.allowedOrigins.join(','),
      },
    })
    this.#permit(data, [signingKeys, operatorKey, this.pageKey])
    this.refusedRooms = this.#countRefusedRooms(settings)
    this.entrance = new HttpEntrance(this, 'Entrance', settings, this.api.function)
    this.rotation = this.#rotation(bundles.rotation, signingKeys)
    this.fleetMetrics = new BundledLambda(this, 'FleetMetrics', {
      bundle: bundles.fleetMetrics,
      description: 'Writes the metrics of the fleet of media nodes, once a minute',
      timeout: JOB_TIMEOUT,
      inside,
      environment: { REDIS_URL: data.registryUrl, STAGE: settings.stage },
    })
    this.#eachMinute(this.fleetMetrics.function)
    this.#tell()
  }

  #permit({ rooms, transcripts }: DataStack, secrets: readonly (Secret | undefined)[]): void {
    for (const secret of secrets) secret?.grantRead(this.api.function)
    rooms.grant(this.api.function, 'dynamodb:GetItem', 'dynamodb:UpdateItem')
    transcripts.grant(this.api.function, 'dynamodb:Query', 'dynamodb:BatchWriteItem')
  }

  /** What the operator needs and cannot know before. */
  #tell(): void {
    new CfnOutput(this, 'Url', { value: this.entrance.url })
    new CfnOutput(this, 'FunctionName', { value: this.api.function.functionName })
  }

  #signingKeys({ stage }: StageSettings): Secret {
    return new Secret(this, 'SigningKeys', {
      secretName: `jbcalling-${stage}/signing-keys`,
      description: 'Keys that sign join tokens, as a JWKS; its rotation makes the first ones',
    })
  }

  #operatorKey({ stage }: StageSettings): Secret {
    return this.#key('OperatorKey', {
      secretName: `jbcalling-${stage}/operator-key`,
      description: 'Key with which the operator and the integrator call the API',
      reason:
        'Whoever calls with this key has to be given the next one, so it is changed by hand (docs/deployment/aws.md).',
    })
  }

  #pageKey({ stage }: StageSettings): Secret {
    return this.#key('PageKey', {
      secretName: `jbcalling-${stage}/page-key`,
      description: 'Key with which the CloudFront of the page shows the API that a call came by it',
      reason: 'It opens nothing: who has it may say which address a call counts for.',
    })
  }

  #key(id: string, options: { secretName: string; description: string; reason: string }): Secret {
    const { reason, ...props } = options
    const generateSecretString = { passwordLength: KEY_LENGTH, excludePunctuation: true }
    const secret = new Secret(this, id, { ...props, generateSecretString })
    Validations.of(secret).acknowledge({ id: 'AwsSolutions-SMG4', reason })
    return secret
  }

  #rotation(bundle: string, signingKeys: Secret): BundledLambda {
    const rotation = new BundledLambda(this, 'Rotation', {
      bundle,
      description: 'Rotates the keys that sign join tokens',
      timeout: JOB_TIMEOUT,
    })
    // This also lets Secrets Manager call it, and it read and write the secret.
    signingKeys.addRotationSchedule('Schedule', { rotationLambda: rotation.function, automaticallyAfter: ROTATION })
    acknowledgeWildcards(
      rotation.function,
      'GetRandomPassword, which the CDK grants to every rotation, has no resource to name.',
      'Resource::*',
    )
    return rotation
  }

  /** A room for which there was no media node is the surest sign that the fleet is too small. */
  #countRefusedRooms({ stage }: StageSettings): Metric {
    const filter = new MetricFilter(this, 'RefusedRooms', {
      logGroup: this.api.log,
      metricNamespace: METRICS_NAMESPACE,
      metricName: `RefusedRooms-${stage}`,
      filterPattern: FilterPattern.stringValue('$.msg', '=', ROOM_REFUSED),
      metricValue: '1',
    })
    return filter.metric({ statistic: 'Sum', period: Duration.minutes(1) })
  }

  #eachMinute(target: LambdaFunction): void {
    new Rule(this, 'EachMinute', {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaTarget(target, { retryAttempts: 0 })],
    })
  }
}
