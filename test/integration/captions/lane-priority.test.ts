import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { test } from 'node:test'
import { startLaneThread } from '../../../media-node/captions/lane-pool.ts'
import { pocketSphinx } from './pocketsphinx-settings.ts'

/** The nice(2) value of each thread of this process: field 19 of proc(5)'s stat. */
function priorities(): readonly number[] {
  return readdirSync('/proc/self/task').map((thread) => {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
  })
}

test('[G420] a caption lane runs after every other thread of its media node', async (t) => {
  const own = getPriority()
  const lower = Math.min(19, own + 3)
  const count = () => priorities().filter((priority) => priority === lower).length
  const before = count()
  const thread = startLaneThread({ bufferMs: 1_000, maxStreams: 1, engine: pocketSphinx, fallback: undefined })
  t.after(() => thread.terminate())
  await once(thread, 'message')
  assert.equal(count() - before, 1)
  assert.equal(getPriority(), own)
})
