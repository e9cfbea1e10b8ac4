import { z } from 'zod'
import { dynamoDbSettings, tableLocation } from '../shared/dynamodb/dynamodb-settings.ts'
import { createRoomsTable } from '../shared/room-store/create-rooms-table.ts'
import { readSettings, SettingsError } from '../shared/settings.ts'
import { createTranscriptsTable } from '../shared/transcript-store/create-transcripts-table.ts'
import { controlPlaneSettings } from './settings.ts'

/**
 * Makes the tables that are missing, where nothing else does. Ends when they can be used; may be run again and again. With
 * exit code 1 it says on the error output why they cannot be made.
 */

const { ROOMS_TABLE } = controlPlaneSettings.shape
const WHAT_TO_DO =
  'Is a server where DYNAMODB_ENDPOINT says? Without one, may the AWS credentials make tables in AWS_REGION?'

try {
  const settings = readSettings(z.object({ ...dynamoDbSettings, ROOMS_TABLE }), process.env)
  await Promise.all([
    createRoomsTable(tableLocation(settings, settings.ROOMS_TABLE)),
    createTranscriptsTable(tableLocation(settings, settings.TRANSCRIPTS_TABLE)),
  ])
  process.stdout.write('The tables are there.\n')
} catch (error) {
  process.stderr.write(error instanceof SettingsError ? `${error.message}\n` : `${reasonOf(error)}\n${WHAT_TO_DO}\n`)
  process.exitCode = 1
}

/** What went wrong, and what that came of, in one line. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause === undefined ? String(error) : `${error} ${cause}`
}
