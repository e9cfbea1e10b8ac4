import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readsEnvironment, violation } from './import-rules.ts'
import { importsOf, sourceFiles } from './source-tree.ts'

test('[H1] every import goes in an allowed direction and every library stays in its place', () => {
  const imports = sourceFiles().flatMap(importsOf)
  assert.ok(imports.length > 100, 'the sources were read')
  assert.deepEqual(imports.map(violation).filter(Boolean), [])
})

test('[H2] only entry files read the environment', () => {
  assert.deepEqual(
    sourceFiles()
      .filter(readsEnvironment)
      .map(({ path }) => path),
    [],
  )
})

test('[H1] an import against the direction, a strayed library and a thread entry are found', () => {
  const text = [
    "import { app } from '../../control-plane/app.ts'",
    "import { WebSocket } from 'ws'",
    "import type { types } from 'mediasoup'",
    "new Worker(new URL('../captions/lane-thread.ts', import.meta.url))",
  ].join('\n')
  const found = importsOf({ path: 'media-node/sfu/room.ts', text }).map(violation)
  assert.deepEqual(
    found.map((problem) => problem !== undefined),
    [true, true, false, true],
  )
})

test('[H2] reading the environment outside an entry file is found', () => {
  assert.ok(readsEnvironment({ path: 'media-node/sfu/room.ts', text: 'const port = process.env.PORT' }))
})
