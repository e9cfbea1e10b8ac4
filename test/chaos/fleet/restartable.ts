import { type Child, type Command, startChild } from '../../../dev/child.ts'

export type RestartableOptions = {
  readonly name: string
  readonly command: Command
  readonly env: NodeJS.ProcessEnv
  /** Resolves when what was started can be used. */
  readonly ready: (child: Child) => Promise<void>
  readonly onLine: (line: string) => void
  /** It has ended though nobody asked for it. */
  readonly onDeath: (name: string, how: string, lastLines: readonly string[]) => void
}

/** A process that can be ended and started again, the same as before. */
export class Restartable {
  readonly name: string
  readonly #options: RestartableOptions
  #child: Child | undefined
  #isWanted = false

  constructor(options: RestartableOptions) {
    this.name = options.name
    this.#options = options
  }

  get pid(): number {
    if (this.#child === undefined) throw new Error(`${this.name} does not run`)
    return this.#child.pid
  }

  get isRunning(): boolean {
    return this.#child !== undefined
  }

  async start(): Promise<void> {
    if (this.#child !== undefined) throw new Error(`${this.name} runs already`)
    const { name, command, env, onLine, onDeath } = this.#options
    const child = await startChild({ name, command, env, onLine })
    this.#child = child
    this.#isWanted = true
    child.exited.then(({ code, signal }) => {
      if (this.#child === child) this.#child = undefined
      if (this.#isWanted) onDeath(name, signal ?? `with code ${code}`, child.lastLines())
    })
    await this.#options.ready(child)
  }

  /** SIGKILL to this one process; resolves when it is gone. */
  kill(): Promise<void> {
    return this.#end((child) => process.kill(child.pid, 'SIGKILL'))
  }

  /** SIGKILL to it and to everything it has started, also where that is frozen. */
  destroy(): Promise<void> {
    return this.#end((child) => child.kill())
  }

  /** SIGTERM; resolves when it has ended by itself, or was killed at the deadline. */
  async terminate(deadlineMs: number): Promise<void> {
    await this.#end((child) => void child.stop(deadlineMs))
  }

  /** Stops the process and everything it has started, as it stands; `thaw` lets all of it go on. */
  freeze(): void {
    process.kill(-this.pid, 'SIGSTOP')
  }

  thaw(): void {
    process.kill(-this.pid, 'SIGCONT')
  }

  async #end(how: (child: Child) => void): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    this.#isWanted = false
    how(child)
    await child.exited
    this.#child = undefined
  }
}
