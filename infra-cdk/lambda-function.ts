import { type Duration, RemovalPolicy } from 'aws-cdk-lib'
import { type ISecurityGroup, type IVpc, SubnetType } from 'aws-cdk-lib/aws-ec2'
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { acknowledgeManagedPolicies } from './acknowledge.ts'
import { LAMBDA_HANDLER } from './bundle-lambda.ts'

/** A megabyte of memory brings processor time with it; this much is a whole core for a start. */
const MEMORY_MB = 1_769

export type LambdaOptions = {
  /** The folder of its bundle. */
  readonly bundle: string
  readonly description: string
  readonly timeout: Duration
  readonly environment?: Readonly<Record<string, string>>
  readonly reservedConcurrency?: number | undefined
  /** Without one it is outside of every network, and reaches AWS's own addresses only. */
  readonly inside?: { readonly vpc: IVpc; readonly group: ISecurityGroup }
}

/** One of our bundles as a Lambda, with its log. */
export class BundledLambda extends Construct {
  readonly function: LambdaFunction
  readonly log: LogGroup

  constructor(scope: Construct, id: string, options: LambdaOptions) {
    super(scope, id)
    const { bundle, inside, reservedConcurrency, ...rest } = options
    this.log = new LogGroup(this, 'Log', { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY })
    this.function = new LambdaFunction(this, 'Function', {
      ...rest,
      environment: { ...options.environment },
      code: Code.fromAsset(bundle),
      handler: LAMBDA_HANDLER,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: MEMORY_MB,
      logGroup: this.log,
      ...(reservedConcurrency !== undefined && { reservedConcurrentExecutions: reservedConcurrency }),
      ...(inside !== undefined && {
        vpc: inside.vpc,
        vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
        securityGroups: [inside.group],
      }),
    })
    acknowledgeManagedPolicies(
      this.function,
      'AWS keeps the policies by which a Lambda writes its log and enters its network.',
      'service-role/AWSLambdaBasicExecutionRole',
      'service-role/AWSLambdaVPCAccessExecutionRole',
    )
  }
}
