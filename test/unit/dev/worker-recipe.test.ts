import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { applyPatch, patchFiles, recipeHash } from '../../../dev/bootstrap/worker-recipe.mjs'

const PATCH = `It is a bit.

--- a/a.cpp
+++ b/a.cpp
@@ -1,3 +1,3 @@
 {
-  x == y
+  x & y
 }
`

/** What becomes of a source file. */
function patched(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'jbcalling-patch-'))
  const [source, patch] = [join(folder, 'a.cpp'), join(folder, 'bit.patch')]
  try {
    writeFileSync(source, text)
    writeFileSync(patch, PATCH)
    applyPatch(folder, patch, '3.0.0')
    return readFileSync(source, 'utf8')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('[B2] a patch changes the lines that it names, wherever they stand', () => {
  assert.equal(patched('{\n  x == y\n}\n'), '{\n  x & y\n}\n')
  assert.equal(patched('first\n{\n  x == y\n}\n'), 'first\n{\n  x & y\n}\n')
})

test('[B2] a source in which a line, also one beside the change, is another stops the build and names patch and version', () => {
  for (const other of ['{\n  x = y\n}\n', '[\n  x == y\n}\n', '{\n  x & y\n}\n']) {
    assert.throws(() => patched(other), /bit\.patch does not fit mediasoup 3\.0\.0/)
  }
})

test('[B2] each patch says why before it says what', () => {
  assert.ok(patchFiles().length > 0)
  for (const file of patchFiles()) assert.match(readFileSync(file, 'utf8'), /^[A-Z][^\0]*?\.\n\n--- a\//, file)
})

test('[B2] the hash under which a build is kept stays the same while the recipe does', () => {
  assert.match(recipeHash(), /^[0-9a-f]{12}$/)
  assert.equal(recipeHash(), recipeHash())
})
