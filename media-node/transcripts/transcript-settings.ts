import { z } from 'zod'
import { dynamoDbSettings } from '../../shared/dynamodb/dynamodb-settings.ts'
import { whole } from '../../shared/settings.ts'

/** What a media node reads from its environment about keeping what was said; part of its settings. */
export const transcriptSettings = {
  ...dynamoDbSettings,
  TRANSCRIPT_RETENTION_DAYS: whole(0, 3_650)
    .default(30)
    .meta({ description: 'Days for which final captions are kept; 0 keeps none, here or in DynamoDB' }),
  TRANSCRIPT_SPOOL_DIR: z.string().optional().meta({
    description: 'Folder of this media node alone, where final captions wait for DynamoDB; it must survive a restart',
    defaultText: '`.data/spool/NODE_ID`',
  }),
  TRANSCRIPT_SPOOL_MB: whole(1, 65_536)
    .default(64)
    .meta({ description: 'Most megabytes that wait there; beyond it the oldest are dropped' }),
}

const shape = z.object(transcriptSettings)

export type TranscriptSettings = z.infer<typeof shape>
