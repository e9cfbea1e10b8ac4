import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createMetrics } from '../../../media-node/metrics.ts'
import { mediaNodeSettings } from '../../../media-node/settings.ts'
import { startTranscripts } from '../../../media-node/transcripts/start-transcripts.ts'
import { systemClock } from '../../../shared/clock.ts'
import { createLogger } from '../../../shared/logging.ts'
import { readSettings, SettingsError } from '../../../shared/settings.ts'
import { newLine } from '../../integration/shared/transcript-store-contract.ts'

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:1'

const lineOfNow = (text: string) => newLine({ text, startMs: Date.now(), endMs: Date.now() })

const figures = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('jbcalling_transcript'))
    .join('\n')

async function inNewFolder(t: TestContext) {
  const parent = await mkdtemp(join(tmpdir(), 'jbcalling-spool-'))
  t.after(() => rm(parent, { recursive: true }))
  const folder = join(parent, 'node-1')
  const start = (env: Readonly<Record<string, string>> = {}, metrics = createMetrics()) =>
    startTranscripts({
      settings: readSettings(mediaNodeSettings, { DYNAMODB_ENDPOINT: NOWHERE, TRANSCRIPT_SPOOL_DIR: folder, ...env }),
      nodeId: 'node-1',
      clock: systemClock,
      logger: createLogger({ name: 'test', level: 'silent' }),
      metrics: metrics.transcripts,
    })
  return { folder, start }
}

test('[J36] a folder belongs to one media node at a time', async (t) => {
  const { start } = await inNewFolder(t)
  const first = await start()
  await assert.rejects(start(), (error: unknown) => {
    assert.ok(error instanceof SettingsError)
    assert.match(error.message, /TRANSCRIPT_SPOOL_DIR: another process/)
    return true
  })
  await first.close()
  const second = await start()
  await second.close()
})

test('[J37] with a retention of no days nothing is kept and no folder is made', async (t) => {
  const { folder, start } = await inNewFolder(t)
  const metrics = createMetrics()
  const transcripts = await start({ TRANSCRIPT_RETENTION_DAYS: '0' }, metrics)
  transcripts.keep({ roomId: 'tea', createdAt: 1 }, newLine())
  await transcripts.close()
  assert.equal(existsSync(folder), false)
  assert.doesNotMatch(figures(await metrics.text()), /transcript_lines_kept_total [1-9]/)
})

test('[J38] what is kept, stored, dropped and waiting is in the metrics, under closed labels', async (t) => {
  const { start } = await inNewFolder(t)
  const metrics = createMetrics()
  const transcripts = await start({}, metrics)
  transcripts.keep({ roomId: 'tea', createdAt: 1 }, lineOfNow('secret cake'))
  const text = figures(await metrics.text())
  assert.match(text, /^jbcalling_transcript_lines_kept_total 1$/m)
  assert.match(text, /^jbcalling_transcript_lines_waiting 1$/m)
  assert.match(text, /^jbcalling_transcript_oldest_waiting_seconds \d/m)
  await transcripts.close()
  transcripts.keep({ roomId: 'tea', createdAt: 1 }, lineOfNow('secret cake'))
  const after = figures(await metrics.text())
  assert.match(after, /^jbcalling_transcript_lines_dropped_total\{reason="stopped"\} 1$/m)
  assert.match(after, /^jbcalling_transcript_store_failures_total [1-9]/m)
  assert.doesNotMatch(after, /secret|cake|tea/)
})

test('[J64] what waits on the disk is for the media node alone, also what others could read before', async (t) => {
  const { folder, start } = await inNewFolder(t)
  await mkdir(folder, { mode: 0o755 })
  const left = join(folder, '000000000001.finals')
  await writeFile(left, 'torn', { mode: 0o644 })
  const transcripts = await start()
  const modes = [(await stat(folder)).mode & 0o777, (await stat(left)).mode & 0o777]
  await transcripts.close()
  assert.deepEqual(modes, [0o700, 0o600])
})
