import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { z } from 'zod'

const RUN = join(import.meta.dirname, 'lambda-run.ts')

/** The Lambda's source, as it runs where nothing is bundled. */
export const LAMBDA_SOURCE = join(import.meta.dirname, '../../../control-plane/lambda.ts')

const httpAnswer = z.object({ statusCode: z.int(), headers: z.record(z.string(), z.string()), body: z.string() })
const answered = z.object({ answer: z.unknown() })

export type HttpAnswer = z.infer<typeof httpAnswer>

/** An entry of AWS Lambda in a process of its own. */
export class LambdaProcess {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>
  readonly #errors: Promise<string>
  /** What it wrote to its log. */
  readonly log: string[] = []

  constructor(entry: string, env: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [RUN, entry], { env: { ...env } })
    this.#child.stdin.on('error', () => undefined)
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
    this.#errors = text(this.#child.stderr)
  }

  /** What the handler answers to an event. */
  async invoke(event: unknown): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(event)}\n`)
    for (;;) {
      const { done, value } = await this.#lines.next()
      if (done) throw new Error(`it ended instead:\n${await this.#errors}`)
      const parsed = value.startsWith('{"answer":') ? answered.parse(JSON.parse(value)) : undefined
      if (parsed !== undefined) return parsed.answer
      if (value !== '') this.log.push(value)
    }
  }

  async http(event: unknown): Promise<HttpAnswer> {
    return httpAnswer.parse(await this.invoke(event))
  }

  /** Stands still, as a Lambda does between two calls. */
  freeze(): void {
    this.#child.kill('SIGSTOP')
  }

  thaw(): void {
    this.#child.kill('SIGCONT')
  }

  /** Ends it; answers what it wrote to standard error. */
  async end(): Promise<string> {
    this.#child.stdin.end()
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
    return this.#errors
  }
}
