import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { AttributeType, Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { SubnetType } from 'aws-cdk-lib/aws-ec2'
import { CfnServerlessCache } from 'aws-cdk-lib/aws-elasticache'
import type { Construct } from 'constructs'
import { EXPIRY_ATTRIBUTE, roomsTableKey, type TableKey, transcriptsTableKey } from '../shared/tables.ts'
import type { NetworkStack } from './network-stack.ts'
import type { StageSettings } from './stage-settings.ts'

/** What is kept: rooms and transcripts in DynamoDB, and the node registry in Valkey, which may be lost. */
export class DataStack extends Stack {
  readonly rooms: TableV2
  readonly transcripts: TableV2
  /** As the processes' `REDIS_URL`. */
  readonly registryUrl: string

  constructor(scope: Construct, id: string, settings: StageSettings, network: NetworkStack, props: StackProps) {
    super(scope, id, props)
    this.rooms = this.#table('Rooms', roomsTableKey)
    this.transcripts = this.#table('Transcripts', transcriptsTableKey)
    const registry = new CfnServerlessCache(this, 'Registry', {
      serverlessCacheName: `jbcalling-${settings.stage}`,
      description: 'The node registry of JBCalling',
      engine: 'valkey',
      majorEngineVersion: '8',
      subnetIds: network.vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_ISOLATED }).subnetIds,
      securityGroupIds: [network.valkeyGroup.securityGroupId],
      cacheUsageLimits: {
        dataStorage: { unit: 'GB', maximum: settings.valkey.mostGigabytes },
        ecpuPerSecond: { maximum: settings.valkey.mostEcpuPerSecond },
      },
    })
    this.registryUrl = `rediss://${registry.attrEndpointAddress}:${registry.attrEndpointPort}`
  }

  #table(id: string, { partition, sort }: TableKey): TableV2 {
    const key = (name: string) => ({ name, type: AttributeType.STRING })
    return new TableV2(this, id, {
      partitionKey: key(partition),
      ...(sort !== undefined && { sortKey: key(sort) }),
      timeToLiveAttribute: EXPIRY_ATTRIBUTE,
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })
  }
}
