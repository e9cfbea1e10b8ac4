import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../../../dev/bootstrap/paths.mjs'
import { startChild } from '../../../dev/child.ts'

const VITE = join(ROOT, 'node_modules/vite/bin/vite.js')
const SPEECH = 'speech.wav'

/** Where the page of the clients is after it was built. */
export const CHAOS_PAGE_FOLDER = join(ROOT, '.data/chaos-page')

/** The recording's address on the page's own server. */
export const SPEECH_URL = `/${SPEECH}`

/** Builds the page with this recording beside it. Rejects with Vite's output when it cannot be built. */
export async function buildChaosPage(recording: string): Promise<void> {
  const vite = await startChild({
    name: 'vite',
    command: [process.execPath, VITE, 'build', join(import.meta.dirname, 'page'), '--logLevel', 'warn'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const { code } = await vite.exited
  if (code !== 0) throw new Error(`The page could not be built:\n${vite.lastLines().join('\n')}`)
  await copyFile(recording, join(CHAOS_PAGE_FOLDER, SPEECH))
}
