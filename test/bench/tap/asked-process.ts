import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { systemClock } from '../../../shared/clock.ts'
import { withDeadline } from '../../../shared/deadline.ts'

/** The parent's end of a process of the bench that answers each question with one message, of some `kind`. */
export class AskedProcess<To extends { readonly kind: string }, From extends { readonly kind: string }> {
  readonly #process: ChildProcess
  readonly #script: string

  /**
   * @param script a file of this folder
   * @param execArgv what `node` is given before it
   */
  constructor(script: string, execArgv: readonly string[] = []) {
    this.#script = script
    this.#process = fork(join(import.meta.dirname, script), { serialization: 'advanced', execArgv: [...execArgv] })
  }

  /** Resolves with the answer. Rejects when the process ends or has ended, answers something else, or is late. */
  async ask<Kind extends From['kind']>(
    question: To,
    kind: Kind,
    deadlineMs: number,
  ): Promise<Extract<From, { readonly kind: Kind }>> {
    const answer = new Promise<From>((resolve, reject) => {
      this.#process.once('message', (message: From) => resolve(message))
      this.#process.once('exit', (code) => reject(new Error(`${this.#script} ended with ${code}`)))
      this.#process.send(question, (error) => error && reject(error))
    })
    const answered = await withDeadline(systemClock, deadlineMs, answer, () => new Error(`${this.#script} is late`))
    if (!isOfKind(answered, kind)) throw new Error(`${this.#script} answered ${answered.kind}, not ${kind}`)
    return answered
  }

  stop(): void {
    this.#process.kill('SIGKILL')
  }
}

function isOfKind<From extends { readonly kind: string }, Kind extends From['kind']>(
  message: From,
  kind: Kind,
): message is Extract<From, { readonly kind: Kind }> {
  return message.kind === kind
}
