import type { Clock } from '../../../shared/clock.ts'
import { connectInTime } from './connect-in-time.ts'
import { SAMPLES_PER_MS } from './pcm-bytes.ts'
import type { Connect, OnTrouble, SpeechConnection, UtteranceAnswer } from './speech-connection.ts'

export type SessionChainOptions = {
  readonly clock: Clock
  readonly connect: Connect
  /** A session this old takes no further utterance; 0 gives each utterance a session of its own. */
  readonly renewAfterMs: number
}

/**
 * A connection whose sessions end, by the server's rules or by accident: while nothing is under way the next utterance
 * gets a new session, and its sound waits here until that is open. A session that ends under an utterance is trouble.
 */
export function chainSessions(options: SessionChainOptions): Connect {
  return async (onTrouble, signal) => {
    const chain = new SessionChain(options, onTrouble)
    await chain.open(signal)
    return chain
  }
}

class SessionChain implements SpeechConnection {
  readonly #options: SessionChainOptions
  readonly #onTrouble: OnTrouble
  readonly #sessions = new Set<Session>()
  #current: Session | undefined

  constructor(options: SessionChainOptions, onTrouble: OnTrouble) {
    this.#options = options
    this.#onTrouble = onTrouble
  }

  get queuedMs(): number {
    let queuedMs = 0
    for (const session of this.#sessions) queuedMs += session.queuedMs
    return queuedMs
  }

  async open(signal: AbortSignal): Promise<void> {
    const session = new Session(this.#options.clock, (error) => this.#ended(session, error))
    session.take(await this.#options.connect((error) => session.fail(error), signal))
    this.#sessions.add(session)
    this.#current = session
  }

  begin(answer: UtteranceAnswer): void {
    if (this.#current === undefined || this.#isSpent(this.#current)) this.#renew()
    this.#current?.begin(answer)
  }

  write(pcm: Int16Array): void {
    this.#current?.write(pcm)
  }

  finish(): void {
    this.#current?.finish()
  }

  close(): void {
    for (const session of this.#sessions) session.close()
    this.#sessions.clear()
    this.#current = undefined
  }

  #isSpent(session: Session): boolean {
    if (session.over) return true
    return session.used && this.#options.clock.now() - session.since >= this.#options.renewAfterMs
  }

  #renew(): void {
    const { clock, connect } = this.#options
    this.#current?.retire()
    const session = new Session(clock, (error) => this.#ended(session, error))
    this.#sessions.add(session)
    this.#current = session
    connectInTime({ clock, connect, onTrouble: (error) => session.fail(error), giveUp: session.giveUp }).then(
      (connection) => session.take(connection),
      (error: unknown) => session.fail(error),
    )
  }

  #ended(session: Session, error: unknown): void {
    this.#sessions.delete(session)
    if (this.#current === session) this.#current = undefined
    if (session.unanswered > 0) this.#onTrouble(error)
  }
}

/** One session and what waits for it to open. */
class Session {
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
