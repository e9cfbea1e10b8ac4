import { z } from 'zod'
import { dynamoDbSettings, tableLocation } from '../shared/dynamodb/dynamodb-settings.ts'
import { createRoomsTable } from '../shared/room-store/create-rooms-table.ts'
import { readSettings, SettingsError } from '../shared/settings.ts'
import { createTranscriptsTable } from '../shared/transcript-store/create-transcripts-table.ts'
import { controlPlaneSettings } from './settings.ts'

/** Makes the tables that are missing, where nothing else does. Ends when they can be used; may be run again and again. */

const { ROOMS_TABLE } = controlPlaneSettings.shape

try {
  const settings = readSettings(z.object({ ...dynamoDbSettings, ROOMS_TABLE }), process.env)
  await Promise.all([
    createRoomsTable(tableLocation(settings, settings.ROOMS_TABLE)),
    createTranscriptsTable(tableLocation(settings, settings.TRANSCRIPTS_TABLE)),
  ])
  process.stdout.write('The tables are there.\n')
} catch (error) {
  process.stderr.write(`${error instanceof SettingsError ? error.message : String(error)}\n`)
  process.exitCode = 1
}
