import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { settingsTable, settingsTableInReadme } from './settings-table.ts'

const root = join(import.meta.dirname, '../..')

test('[H3] README.md lists every setting with its default as the processes read it', () => {
  assert.equal(
    settingsTableInReadme(),
    settingsTable(),
    'README.md is out of date: run `node_modules/.bin/node test/unit/settings-table.ts`',
  )
})

test('[H4] every file that a page of documentation points to is there', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    'client/sdk/README.md',
    'media-node/sfu/CLOSING.md',
    'docs/DEPLOYMENT.md',
    'docs/OPERATIONS.md',
    'docs/TROUBLESHOOTING.md',
    'docs/deployment/aws.md',
    'docs/deployment/swarm.md',
    'docs/decisions/aws.md',
    'docs/decisions/swarm.md',
  ]
  const missing = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^https?:/.test(target) && !existsSync(join(root, page, '..', target)))
      .map((target) => `${page} → ${target}`),
  )
  assert.deepEqual(missing, [])
})

test('[H4] every npm command that README.md and CONTRIBUTING.md name exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const named = ['README.md', 'CONTRIBUTING.md'].flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/npm (?:run ([a-z:-]+)|(start|test))/g)].map(
      ([, run, short]) => run ?? short ?? '',
    ),
  )
  assert.ok(named.length > 0)
  assert.deepEqual(
    named.filter((name) => !name.endsWith(':') && !Object.hasOwn(scripts, name)),
    [],
  )
})
