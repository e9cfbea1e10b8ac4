import { after, test } from 'node:test'
import { Match } from 'aws-cdk-lib/assertions'
import { ExampleStage } from './example-stage.ts'

const stage = new ExampleStage()
after(() => stage.remove())
const template = (name: string) => stage.template(name)

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
