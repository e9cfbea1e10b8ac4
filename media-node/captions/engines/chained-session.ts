import type { Clock } from '../../../shared/clock.ts'
import { SAMPLES_PER_MS } from './pcm-bytes.ts'
import type { OnTrouble, SpeechConnection, UtteranceAnswer } from './speech-connection.ts'

/** One session and what waits for it to open. */
export class ChainedSession {
  readonly since: number
  readonly giveUp = new AbortController()
  readonly #onEnded: OnTrouble
  #waiting: Array<(connection: SpeechConnection) => void> = []
  #waitingMs = 0
  #connection: SpeechConnection | undefined
  #unanswered = 0
  #retired = false
  #over = false
  used = false

  constructor(clock: Clock, onEnded: OnTrouble) {
    this.since = clock.now()
    this.#onEnded = onEnded
  }

  get over(): boolean {
    return this.#over
  }

  get unanswered(): number {
    return this.#unanswered
  }

  get queuedMs(): number {
    return this.#waitingMs + (this.#connection?.queuedMs ?? 0)
  }

  take(connection: SpeechConnection): void {
    if (this.#over) {
      connection.close()
      return
    }
    this.#connection = connection
    this.#waitingMs = 0
    for (const step of this.#waiting.splice(0)) step(connection)
  }

  begin(answer: UtteranceAnswer): void {
    this.used = true
    this.#unanswered += 1
    this.#do((connection) => connection.begin(this.#counted(answer)))
  }

  write(pcm: Int16Array): void {
    if (this.#connection === undefined) this.#waitingMs += pcm.length / SAMPLES_PER_MS
    const kept = this.#connection === undefined ? pcm.slice() : pcm
    this.#do((connection) => connection.write(kept))
  }

  finish(): void {
    this.#do((connection) => connection.finish())
  }

  /** Takes no more; closes when all is answered. */
  retire(): void {
    this.#retired = true
    if (this.#unanswered === 0) this.close()
  }

  fail(error: unknown): void {
    if (this.#over) return
    this.close()
    this.#onEnded(error)
  }

  close(): void {
    if (this.#over) return
    this.#over = true
    this.giveUp.abort()
    this.#waiting = []
    this.#waitingMs = 0
    this.#connection?.close()
  }

  #do(step: (connection: SpeechConnection) => void): void {
    if (this.#connection === undefined) this.#waiting.push(step)
    else step(this.#connection)
  }

  #counted(answer: UtteranceAnswer): UtteranceAnswer {
    return {
      get answered() {
        return answer.answered
      },
      partial: (text) => answer.partial(text),
      final: (text) => {
        if (answer.answered) return
        this.#unanswered -= 1
        answer.final(text)
        if (this.#retired && this.#unanswered === 0) this.close()
      },
    }
  }
}
