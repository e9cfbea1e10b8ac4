import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rulesOf, rulesPage, strayRules, writtenRulesPage } from './rules-page.ts'

test('[H5] RULES.md lists what the titles of the tests state', () => {
  const [written, stated] = [writtenRulesPage().split('\n'), rulesPage().split('\n')]
  const differences = [
    ...written.filter((line) => !stated.includes(line)).map((line) => `stated by no test: ${line}`),
    ...stated.filter((line) => !written.includes(line)).map((line) => `not in RULES.md: ${line}`),
  ]
  assert.deepEqual(differences, [], 'run `node_modules/.bin/node test/architecture/rules-page.ts`')
})

test('[H5] a letter stands for one area of the product', () => {
  assert.deepEqual(strayRules(), [])
  // In two parts, so that it is not a title of this file.
  const text = `test${"('[A1] a rule of allocation', () => {})"}`
  assert.deepEqual(strayRules(rulesOf({ path: 'test/unit/media-node/load.test.ts', text })), [
    'A1 in test/unit/media-node/load.test.ts',
  ])
})
