import { existsSync } from 'node:fs'

const SETPRIV = '/usr/bin/setpriv'

/**
 * The command line that runs a program which gets a signal when its parent dies, however that happens: on Linux the
 * kernel sends it (PR_SET_PDEATHSIG in prctl(2)). Elsewhere the command as it is.
 * @param {readonly [string, ...string[]]} command
 * @param {'KILL' | 'TERM'} signal
 * @returns {readonly [string, ...string[]]}
 */
export function dyingWithParent(command, signal) {
  return existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', signal, '--', ...command] : command
}
