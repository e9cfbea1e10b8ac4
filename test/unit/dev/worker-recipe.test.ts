import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readRecipe, recipeHash, replaceOnce } from '../../../dev/bootstrap/worker-recipe.mjs'

const replacement = { file: 'src/a.cpp', find: 'x == y', replace: 'x & $& y', why: 'it is a bit' }

test('[B2] a replacement puts its text, as it is, where the pattern was', () => {
  assert.equal(replaceOnce('if (x == y)', replacement, '3.0.0'), 'if (x & $& y)')
})

test('[B2] a pattern that is missing stops the build and names the file and the version', () => {
  assert.throws(
    () => replaceOnce('if (x = y)', replacement, '3.0.0'),
    /does not fit mediasoup 3\.0\.0.*src\/a\.cpp.* 0 times/,
  )
})

test('[B2] a pattern that is there twice stops the build', () => {
  assert.throws(() => replaceOnce('x == y; x == y', replacement, '3.0.0'), / 2 times instead of once/)
})

test('[B2] the recipe says for each replacement why', () => {
  for (const { why } of readRecipe().replacements) assert.match(why, /\w/)
})

test('[B2] the hash under which a build is kept stays the same while the recipe does', () => {
  assert.match(recipeHash(), /^[0-9a-f]{12}$/)
  assert.equal(recipeHash(), recipeHash())
})
