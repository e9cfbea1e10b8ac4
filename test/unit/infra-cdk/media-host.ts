import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SCRIPTS = join(import.meta.dirname, '../../../infra-cdk/media-host')

/** Every command that the scripts call writes down how it was called, and answers as its file among `answers` says. */
const STUB = `#!/bin/bash
name=$(basename "$0")
echo "$name $*" >>"$CALLS"
[ "$name" = docker ] && [ "$1" = image ] && exit 1
for pattern in "$ANSWERS"/*; do
  [ -e "$pattern" ] && [[ "$name $*" == *$(head -1 "$pattern")* ]] || continue
  tail -n +2 "$pattern"
  exit 0
done
case $name in curl) exit 22 ;; esac
exit 0
`

/** How often a media node misses its answer before it is given up. */
export const ILL_TURNS = 3

const SETTINGS = {
  AWS_DEFAULT_REGION: 'eu-central-1',
  STAGE: 'test',
  GROUP: 'group',
  LAUNCH_HOOK: 'ready',
  TERMINATION_HOOK: 'drained',
  HEARTBEAT_SECONDS: '0',
  PAUSE: '0',
  ILL_TURNS: `${ILL_TURNS}`,
  CERTIFICATE_TURNS: '1000000',
  ZONE_NAME: 'nodes.example',
  PUBLIC_ZONE: 'ZPUBLIC',
  PRIVATE_ZONE: 'ZPRIVATE',
  CERTIFICATE_SECRET: 'certificate',
  SETTINGS_SECRET: 'settings',
  IMAGE: 'registry.example/media-node:1',
  PORT: '443',
  METRICS_PORT: '9091',
}

/** An instance as its scripts see it: EC2, AWS, systemd and Docker are stand-ins that are told what to answer. */
export class MediaHost {
  readonly folder = mkdtempSync(join(tmpdir(), 'jbcalling-host-'))
  readonly #calls = join(this.folder, 'calls')
  readonly #answers = join(this.folder, 'answers')
  readonly #running = new Map<ChildProcess, Promise<unknown>>()

  constructor() {
    for (const name of ['answers', 'bin', 'data/tls', 'run', 'scripts'])
      mkdirSync(join(this.folder, name), { recursive: true })
    for (const name of ['aws', 'curl', 'docker', 'systemctl', 'chown']) {
      const file = join(this.folder, 'bin', name)
      writeFileSync(file, STUB)
      chmodSync(file, 0o755)
    }
    for (const name of ['imds.sh', 'certificate.sh', 'names.sh', 'prepare.sh', 'watch.sh']) {
      const text = readFileSync(join(SCRIPTS, name), 'utf8').replaceAll('/opt/jbcalling', join(this.folder, 'scripts'))
      writeFileSync(join(this.folder, 'scripts', name), text, { mode: 0o755 })
    }
    this.answer('api/token', 'token')
    this.answer('meta-data/instance-id', 'i-1')
    this.answer('meta-data/public-ipv4', '198.51.100.7')
    this.answer('meta-data/local-ipv4', '10.0.1.7')
  }

  /** From now on, a command whose line has `part` in it prints `output`. */
  answer(part: string, output: string): void {
    writeFileSync(join(this.#answers, part.replaceAll(/[^\w-]/g, '_')), `${part}\n${output}\n`)
  }

  /** From now on, such a command fails if it is curl, and else prints nothing. */
  forget(part: string): void {
    rmSync(join(this.#answers, part.replaceAll(/[^\w-]/g, '_')), { force: true })
  }

  get calls(): readonly string[] {
    return existsSync(this.#calls) ? readFileSync(this.#calls, 'utf8').trim().split('\n') : []
  }

  file(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8')
  }

  /** Starts a script, whose error output goes into the file `errors`. */
  start(script: string, ...args: readonly string[]) {
    const errors = openSync(join(this.folder, 'errors'), 'w')
    const child = spawn(join(this.folder, 'scripts', script), args, {
      env: {
        ...SETTINGS,
        PATH: `${join(this.folder, 'bin')}:${process.env['PATH']}`,
        HOST_DATA: join(this.folder, 'data'),
        HOST_RUN: join(this.folder, 'run'),
        MEDIA_UID: '1000',
        CALLS: this.#calls,
        ANSWERS: this.#answers,
      },
      stdio: ['ignore', 'ignore', errors],
      // A group of its own, which ends with what the script has called.
      detached: true,
    })
    closeSync(errors)
    const exited = once(child, 'exit').then(([code]) => code)
    this.#running.set(child, exited)
    return { exited }
  }

  /** Ends whatever still runs, and only then takes the folder away that it writes into. */
  async remove(): Promise<void> {
    for (const [{ pid, exitCode }, exited] of this.#running) {
      if (pid === undefined || exitCode !== null) continue
      process.kill(-pid, 'SIGKILL')
      await exited
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
