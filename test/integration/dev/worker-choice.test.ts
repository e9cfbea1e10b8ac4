import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { tryLock } from '../../../dev/bootstrap/file-lock.mjs'
import { findWorker } from '../../../dev/bootstrap/mediasoup-worker.mjs'
import { buildForNextStart } from '../../../dev/bootstrap/worker-for-next-start.mjs'
import { until } from '../media-node/until.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'worker-choice-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

/** What answers as a worker does when it is started by hand. */
function standIn(name: string): string {
  const file = join(folder, name)
  writeFileSync(file, '#!/bin/sh\nexit 41\n', { mode: 0o755 })
  return file
}

const nowhere = () => join(folder, 'nowhere')

test('[B50] a worker that we built is taken before one that was downloaded, and one that the user names before both', () => {
  const [given, built, downloaded] = [standIn('given'), standIn('built'), standIn('downloaded')]
  assert.equal(findWorker('start', { given, built, downloaded }), given)
  assert.equal(findWorker('start', { given: undefined, built, downloaded }), built)
  assert.equal(findWorker('start', { given: undefined, built: nowhere(), downloaded }), downloaded)
})

test('[B51] tests and benchmarks never run on a worker that was downloaded', () => {
  const places = { given: undefined, built: nowhere(), downloaded: standIn('downloaded') }
  assert.equal(findWorker('test', places), undefined)
  assert.equal(findWorker('bench', places), undefined)
})

test('[B52] the worker for the next start is built at the lowest priority, in a group of its own, and a line says so', async () => {
  const seen = join(folder, 'seen')
  const program = join(folder, 'build.mjs')
  writeFileSync(
    program,
    `import { renameSync, readFileSync, writeFileSync } from 'node:fs'
import { getPriority } from 'node:os'
const group = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ')[2]
writeFileSync('${seen}.part', JSON.stringify({ priority: getPriority(), leads: group === String(process.pid) }))
renameSync('${seen}.part', '${seen}')`,
  )
  const line = await buildForNextStart({ folder: join(folder, 'worker'), missing: [], program })
  assert.match(
    line,
    /serves this machine only.*in the background \(.*worker\.background\.log\); the next start takes it/,
  )
  await until(() => assert.ok(existsSync(seen)))
  assert.deepEqual(JSON.parse(readFileSync(seen, 'utf8')), { priority: 19, leads: true })
})

test('[B53] nothing is built in the background twice, nor where compilers are missing', async (t) => {
  const program = nowhere()
  const worker = join(folder, 'worker')
  const lock = await tryLock(`${worker}.lock`)
  t.after(() => lock?.release())
  assert.match(await buildForNextStart({ folder: worker, missing: [], program }), /is being built already/)
  await lock?.release()
  assert.match(await buildForNextStart({ folder: worker, missing: ['g++'], program }), /With g\+\+ installed/)
  assert.ok(!existsSync(`${worker}.background.log`))
})
