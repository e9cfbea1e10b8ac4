import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { systemClock } from '../../../shared/clock.ts'
import { withDeadline } from '../../../shared/deadline.ts'
import type { FromSender, SenderPlan, ToSender } from './sender-plan.ts'
import { FRAME_MS } from './speech-track.ts'

export type Sent = Extract<FromSender, { kind: 'sent' }>

const READY_DEADLINE_MS = 20_000
/** What a sender that is starved of its processor may need on top of its schedule. */
const SENDING_SLACK_MS = 30_000

/** The parent's end of the process that sends. */
export class SendingProcess {
  readonly #child: ChildProcess
  readonly #plan: SenderPlan

  private constructor(child: ChildProcess, plan: SenderPlan) {
    this.#child = child
    this.#plan = plan
  }

  /** Resolves when it only waits for `send`. */
  static async start(plan: SenderPlan): Promise<SendingProcess> {
    const child = fork(join(import.meta.dirname, 'sender.ts'), { serialization: 'advanced' })
    const sender = new SendingProcess(child, plan)
    sender.#tell({ kind: 'plan', plan })
    await sender.#answer('ready', READY_DEADLINE_MS)
    return sender
  }

  /** Sends everything in its time; resolves with how that went. */
  async send(): Promise<Sent> {
    this.#tell({ kind: 'go' })
    const sent = await this.#answer('sent', this.#plan.packets * FRAME_MS + SENDING_SLACK_MS)
    if (sent.kind !== 'sent') throw new Error('the sender answered something else')
    return sent
  }

  stop(): void {
    this.#child.kill('SIGKILL')
  }

  #tell(message: ToSender): void {
    this.#child.send(message)
  }

  #answer(kind: FromSender['kind'], deadlineMs: number): Promise<FromSender> {
    const answer = new Promise<FromSender>((resolve, reject) => {
      this.#child.once('message', (message: FromSender) => resolve(message))
      this.#child.once('exit', (code) => reject(new Error(`the sender ended with ${code}`)))
    })
    return withDeadline(systemClock, deadlineMs, answer, () => new Error(`the sender is not ${kind} in time`))
  }
}
