import { spawnSync } from 'node:child_process'

const ANSWER_DEADLINE_MS = 10_000

/**
 * Why no Docker engine can be used, in one line with what to do; undefined when one answers.
 * @returns {string | undefined}
 */
export function noDockerEngine() {
  const asked = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], {
    timeout: ANSWER_DEADLINE_MS,
    encoding: 'utf8',
  })
  if (asked.status === 0) return undefined
  const why = asked.error ? 'there is no docker command' : 'no Docker engine answers'
  return `${why}; install Docker (on Debian: apt-get install docker.io), start it, and run this again`
}
