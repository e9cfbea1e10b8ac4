import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findCommand } from './find-command.mjs'
import { cacheFolder } from './paths.mjs'
import { withProgress } from './progress.mjs'
import { runCommand } from './run-command.mjs'

const DEADLINE_MS = 5 * 60_000

/** Where it is kept that was taken out of its package. */
const OWN = join(cacheFolder(), 'prometheus')

/**
 * Prometheus' tool that checks metrics, configuration and rules.
 * @returns {string | undefined}
 */
export function findPromtool() {
  return findCommand('promtool') ?? [join(OWN, 'promtool')].find(existsSync)
}

/**
 * Takes promtool out of Debian's package `prometheus`, which is not installed: that would start a Prometheus for the whole
 * machine at each boot. Says so where it cannot be had; the checks that need it are then left out.
 */
export async function providePromtool() {
  const why = await withProgress("Getting promtool from Debian's package prometheus", unpack)
  if (why !== '')
    console.error(`Prometheus' rules are not checked: promtool cannot be had (${why}). Everything else is.`)
}

/** @returns {Promise<string>} why it is not there, empty when it is */
async function unpack() {
  for (const program of ['apt-get', 'dpkg-deb', 'tar']) {
    if (findCommand(program) === undefined) return `there is no ${program}`
  }
  const folder = mkdtempSync(join(tmpdir(), 'jbcalling-prometheus-'))
  try {
    const download = '{ apt-get download prometheus || { apt-get update; apt-get download prometheus; }; }'
    const script = `${download} && dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin`
    const taken = await runCommand(['sh', '-ec', script], { cwd: folder, deadlineMs: DEADLINE_MS })
    if (!taken.ok) return taken.output.at(-1) ?? taken.why
    mkdirSync(OWN, { recursive: true })
    const moved = await runCommand(['mv', join(folder, 'usr/bin/promtool'), OWN], { deadlineMs: DEADLINE_MS })
    return moved.why
  } finally {
    rmSync(folder, { recursive: true })
  }
}
