import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { waitForLock } from './bootstrap/file-lock.mjs'
import { ROOT } from './bootstrap/paths.mjs'
import { startChild } from './child.ts'

const SOURCES = ['client/**', 'shared/**', 'package-lock.json']
const VITE = join(ROOT, 'node_modules/vite/bin/vite.js')
const STAMP = join(ROOT, '.data/page.stamp')
const OTHER_BUILD_DEADLINE_MS = 120_000

/** The folder of the built page. */
export const PAGE_FOLDER = join(ROOT, 'client/app/dist')

/**
 * Builds the page unless its sources are those of the last build.
 * Rejects with Vite's output when it cannot be built.
 */
export async function buildPage(): Promise<void> {
  const lock = await waitForLock(join(ROOT, '.data/page.lock'), {
    deadlineMs: OTHER_BUILD_DEADLINE_MS,
    onFirstWait: () => console.error('Another process builds the page; waiting for it …'),
  })
  if (lock === undefined) throw new Error('Another process has been building the page for minutes; end it.')
  try {
    const hash = hashOfSources()
    if (isBuilt(hash)) return
    console.error('Building the page …')
    await runVite()
    writeFileSync(STAMP, hash)
  } finally {
    await lock.release()
  }
}

function isBuilt(hash: string): boolean {
  return existsSync(join(PAGE_FOLDER, 'index.html')) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash
}

function hashOfSources(): string {
  const hash = createHash('sha256')
  for (const path of globSync(SOURCES, { cwd: ROOT, exclude: ['client/app/dist/**'] }).sort()) {
    const file = join(ROOT, path)
    if (statSync(file).isFile()) hash.update(`${path}\n`).update(readFileSync(file))
  }
  return hash.digest('hex')
}

async function runVite(): Promise<void> {
  mkdirSync(PAGE_FOLDER, { recursive: true })
  const vite = await startChild({
    name: 'vite',
    command: [process.execPath, VITE, 'build', join(ROOT, 'client/app'), '--logLevel', 'warn'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const { code } = await vite.exited
  if (code !== 0) throw new Error(`The page could not be built:\n${vite.lastLines().join('\n')}`)
}
