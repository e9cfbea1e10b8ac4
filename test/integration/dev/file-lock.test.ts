import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { tryLock, waitForLock } from '../../../dev/bootstrap/file-lock.mjs'

const newFile = () => join(mkdtempSync(join(tmpdir(), 'jbcalling-')), 'a.lock')
const patience = { deadlineMs: 20_000, intervalMs: 10, onFirstWait: () => {} }

async function ownerElsewhere(file: string) {
  const owner = spawn(process.execPath, [join(import.meta.dirname, 'lock-owner.ts'), file])
  await once(owner.stdout, 'data')
  return owner
}

test('[B3] a lock has one owner, and is free after its release', async () => {
  const file = newFile()
  const first = await tryLock(file)
  assert.equal(await tryLock(file), undefined)
  await first?.release()
  const second = await tryLock(file)
  assert.notEqual(second, undefined)
  await second?.release()
})

test('[B3] who waits is told once, and gets the lock when its owner is killed', async () => {
  const file = newFile()
  const owner = await ownerElsewhere(file)
  let told = 0
  const lock = await waitForLock(file, {
    ...patience,
    onFirstWait: () => {
      told += 1
      owner.kill('SIGKILL')
    },
  })
  assert.notEqual(lock, undefined)
  assert.equal(told, 1)
  await lock?.release()
})

test('[B3] the wait for a lock has an end', async () => {
  const file = newFile()
  const owner = await ownerElsewhere(file)
  assert.equal(await waitForLock(file, { ...patience, deadlineMs: 0 }), undefined)
  owner.kill('SIGKILL')
})
