import { type ChildProcess, spawn } from 'node:child_process'
import type { Clock } from '../../../shared/clock.ts'
import { type Command, PROGRAM_FOLDERS } from './apertium-modes.ts'

const MOST_ANSWER_BYTES = 262_144
/** What does not end when it is told to is killed. */
const KILL_AFTER_MS = 1_000
/** Bytes of the answers and questions, in Apertium's locale; nothing of this process's environment goes along. */
const ENVIRONMENT = { PATH: PROGRAM_FOLDERS.join(':'), LC_ALL: 'C.UTF-8' }

/**
 * The programs of one mode, running and connected, answering text after text.
 *
 * A shell starts them: starting the twelve of them from here would hold up this thread for 0.2 s, the shell takes 3 to
 * 15 ms of it. It closes its own ends of the pipes, so that a program's death is the end of the answers; it outlives the
 * programs, so that nobody leaves zombies; and all are one process group of their own, which is how they are ended. When
 * this process dies they reach the end of their input and end.
 */
export class ApertiumPipeline {
  readonly #clock: Clock
  readonly #shell: ChildProcess
  readonly #exited: Promise<void>
  #ending = false
  #numbered = 0
  #waiting: ((answer: string | undefined) => void) | undefined
  #received: Buffer[] = []
  #receivedBytes = 0
  #answered = 0

  constructor(commands: readonly Command[], clock: Clock) {
    this.#clock = clock
    this.#shell = spawn('/bin/sh', ['-c', script(commands)], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: ENVIRONMENT,
      cwd: '/',
      detached: true,
    })
    this.#exited = new Promise((resolve) => {
      this.#shell.once('exit', () => resolve())
      this.#shell.once('error', () => resolve())
    })
    this.#exited.then(() => this.#end())
    this.#shell.stdin?.on('error', () => this.#end())
    this.#shell.stdout?.on('error', () => this.#end())
    this.#shell.stdout?.on('end', () => this.#end())
    this.#shell.stdout?.on('data', (bytes: Buffer) => this.#receive(bytes))
  }

  get hasEnded(): boolean {
    return this.#ending
  }

  /** Whether it ever worked. */
  get hasAnswered(): boolean {
    return this.#answered > 0
  }

  /**
   * One text at a time. Every text carries a number which must come back with its answer: whatever gets the pipeline out
   * of step ends it.
   *
   * @param text in Apertium's stream format
   * @returns undefined when the pipeline ended instead
   */
  ask(text: string): Promise<string | undefined> {
    if (this.#ending || this.#waiting !== undefined) return Promise.resolve(undefined)
    this.#numbered += 1
    const end = `[][${this.#numbered}]`
    return new Promise((resolve) => {
      this.#waiting = (answer) => {
        this.#waiting = undefined
        if (answer !== undefined && !answer.endsWith(end)) this.#end()
        resolve(answer?.endsWith(end) ? answer.slice(0, -end.length) : undefined)
      }
      this.#shell.stdin?.write(`${text}${end}\0`)
    })
  }

  /** Resolves when none of its programs runs any more. */
  end(): Promise<void> {
    this.#end()
    return this.#exited
  }

  #end(): void {
    if (this.#ending) return
    this.#ending = true
    this.#received = []
    this.#waiting?.(undefined)
    this.#shell.stdin?.destroy()
    this.#signal('SIGTERM')
    this.#signal('SIGCONT')
    const cancel = this.#clock.after(KILL_AFTER_MS, () => this.#signal('SIGKILL'))
    this.#exited.then(cancel)
  }

  /** To the whole group. The shell is its leader and not yet reaped, so the number cannot be anybody else's. */
  #signal(signal: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.#shell
    if (pid === undefined || exitCode !== null || signalCode !== null) return
    try {
      process.kill(-pid, signal)
    } catch {
      // it has just ended
    }
  }

  #receive(bytes: Buffer): void {
    if (this.#ending) return
    this.#received.push(bytes)
    this.#receivedBytes += bytes.length
    const end = bytes.indexOf(0)
    const isInStep = this.#waiting !== undefined && (end === -1 || end === bytes.length - 1)
    if (!isInStep || this.#receivedBytes > MOST_ANSWER_BYTES) this.#end()
    if (this.#ending || end === -1) return
    const answer = Buffer.concat(this.#received).toString('utf8', 0, this.#receivedBytes - 1)
    this.#received = []
    this.#receivedBytes = 0
    this.#answered += 1
    this.#waiting?.(answer)
  }
}

function script(commands: readonly Command[]): string {
  const programs = commands.map(({ program, args }) => [program, ...args].map(quoted).join(' '))
  const [first = 'false', ...rest] = programs
  return `trap : TERM; exec 3<&0; ${[`${first} <&3`, ...rest].join(' | ')} & exec <&- >&- 3<&-; wait; wait`
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}
