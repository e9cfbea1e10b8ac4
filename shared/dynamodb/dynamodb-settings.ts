import { z } from 'zod'
import type { TableLocation } from './dynamodb-connection.ts'

/** An endpoint of our own, such as the embedded one, takes any credentials but wants some. */
const ANY_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' }

/** What every process that uses DynamoDB reads from its environment; part of its settings. */
export const dynamoDbSettings = {
  DYNAMODB_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({ description: "A server with DynamoDB's API; without it, AWS's own in `AWS_REGION`" }),
  AWS_REGION: z.string().default('us-east-1').meta({ description: 'Region of the DynamoDB tables' }),
  AWS_ACCESS_KEY_ID: z
    .string()
    .optional()
    .meta({ description: 'Only where `DYNAMODB_ENDPOINT` checks credentials; AWS gives a Lambda or a task its own' }),
  AWS_SECRET_ACCESS_KEY: z.string().optional().meta({ description: 'Belongs to `AWS_ACCESS_KEY_ID`' }),
  AWS_SESSION_TOKEN: z
    .string()
    .optional()
    .meta({ description: 'Belongs to `AWS_ACCESS_KEY_ID`, where that is for a while only' }),
  TRANSCRIPTS_TABLE: z
    .string()
    .default('jbcalling-transcripts')
    .meta({ description: 'DynamoDB table of what was said' }),
}

const shape = z.object(dynamoDbSettings)

/** Where a table is, by the settings. */
export function tableLocation(settings: z.infer<typeof shape>, table: string): TableLocation {
  const { DYNAMODB_ENDPOINT, AWS_REGION } = settings
  const place = { region: AWS_REGION, table }
  if (DYNAMODB_ENDPOINT === undefined) return place
  return { ...place, endpoint: DYNAMODB_ENDPOINT, credentials: credentialsOf(settings) }
}

function credentialsOf(settings: z.infer<typeof shape>): NonNullable<TableLocation['credentials']> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN } = settings
  if (accessKeyId === undefined || secretAccessKey === undefined) return ANY_CREDENTIALS
  const keys = { accessKeyId, secretAccessKey }
  return AWS_SESSION_TOKEN === undefined ? keys : { ...keys, sessionToken: AWS_SESSION_TOKEN }
}
