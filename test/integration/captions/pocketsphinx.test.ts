import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEngine } from '../../../media-node/captions/create-engine.ts'
import { engineContract } from './engine-contract.ts'
import { pocketSphinx } from './pocketsphinx-settings.ts'

engineContract({
  create: () => createEngine(pocketSphinx, 2),
  language: 'en-GB',
  unsupportedLanguage: 'es',
})

test('[G36] a model that is not there is an error that names it, and not a crash', async () => {
  await assert.rejects(createEngine({ ...pocketSphinx, modelPath: '/nonexistent' }, 1), /\/nonexistent/)
})
