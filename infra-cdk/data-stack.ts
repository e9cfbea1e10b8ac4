import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { AttributeType, Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { EXPIRY_ATTRIBUTE, roomsTableKey, type TableKey, transcriptsTableKey } from '../shared/tables.ts'
import type { NetworkStack } from './network-stack.ts'
import type { StageSettings } from './stage-settings.ts'
import { Valkey } from './valkey.ts'

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
    this.registryUrl = new Valkey(this, 'Registry', settings, network).url
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
