import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { generateSigningKeys } from '../../../control-plane/signing-keys.ts'
import { httpEvent } from '../../integration/control-plane/http-event.ts'

const SCRIPT = join(import.meta.dirname, 'import-time.mjs')
const DEADLINE_MS = 60_000

const coldStart = z.object({ importMs: z.number(), firstCallMs: z.number() })

export type ColdStart = z.infer<typeof coldStart>

/** Starts an entry in a process of its own, as AWS Lambda would, with nobody at its stores. */
export async function measureColdStart(entry: string): Promise<ColdStart> {
  const env = {
    AUTH_MODE: 'api-key',
    API_KEYS: '0123456789abcdef',
    SIGNING_KEY: await generateSigningKeys(),
    LOG_LEVEL: 'silent',
    REDIS_URL: 'redis://127.0.0.1:1',
  }
  const args = [SCRIPT, entry, JSON.stringify(httpEvent('GET', '/health'))]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, timeout: DEADLINE_MS })
  return coldStart.parse(JSON.parse(stdout))
}
