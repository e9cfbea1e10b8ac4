import { Validations } from 'aws-cdk-lib'
import { SubnetType } from 'aws-cdk-lib/aws-ec2'
import { CfnReplicationGroup, CfnServerlessCache, CfnSubnetGroup } from 'aws-cdk-lib/aws-elasticache'
import { Construct } from 'constructs'
import type { NetworkStack } from './network-stack.ts'
import { VALKEY_PORT } from './ports.ts'
import type { StageSettings } from './stage-settings.ts'

const DESCRIPTION = 'The node registry of JBCalling'

type Place = {
  readonly stage: string
  readonly subnetIds: string[]
  readonly securityGroupIds: string[]
}

/** Valkey inside the network, over TLS: serverless, or nodes of one's own without cluster mode. */
export class Valkey extends Construct {
  /** As the processes' `REDIS_URL`. */
  readonly url: string

  constructor(scope: Construct, id: string, { stage, valkey }: StageSettings, network: NetworkStack) {
    super(scope, id)
    const place = {
      stage,
      subnetIds: network.vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_ISOLATED }).subnetIds,
      securityGroupIds: [network.valkeyGroup.securityGroupId],
    }
    this.url = valkey.kind === 'serverless' ? this.#serverless(place, valkey) : this.#nodes(place, valkey)
  }

  #serverless(
    { stage, ...place }: Place,
    valkey: Extract<StageSettings['valkey'], { readonly kind: 'serverless' }>,
  ): string {
    const cache = new CfnServerlessCache(this, 'Cache', {
      ...place,
      serverlessCacheName: `jbcalling-${stage}`,
      description: DESCRIPTION,
      engine: 'valkey',
      majorEngineVersion: '8',
      cacheUsageLimits: {
        dataStorage: { unit: 'GB', maximum: valkey.mostGigabytes },
        ecpuPerSecond: { maximum: valkey.mostEcpuPerSecond },
      },
    })
    return `rediss://${cache.attrEndpointAddress}:${cache.attrEndpointPort}`
  }

  #nodes(
    { subnetIds, securityGroupIds }: Place,
    valkey: Extract<StageSettings['valkey'], { readonly kind: 'nodes' }>,
  ): string {
    const subnets = new CfnSubnetGroup(this, 'Subnets', { description: DESCRIPTION, subnetIds })
    const nodes = new CfnReplicationGroup(this, 'Nodes', {
      replicationGroupDescription: DESCRIPTION,
      engine: 'valkey',
      engineVersion: '8.0',
      cacheNodeType: valkey.nodeType,
      numCacheClusters: valkey.nodes,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      transitEncryptionEnabled: true,
      atRestEncryptionEnabled: true,
      port: VALKEY_PORT,
      cacheSubnetGroupName: subnets.ref,
      securityGroupIds,
    })
    Validations.of(nodes).acknowledge(
      { id: 'AwsSolutions-AEC5', reason: 'Whoever could try ports is kept out by the security group already.' },
      {
        id: 'AwsSolutions-AEC6',
        reason: 'Its security group lets the Lambdas and the media nodes in, and nobody else.',
      },
    )
    return `rediss://${nodes.attrPrimaryEndPointAddress}:${VALKEY_PORT}`
  }
}
