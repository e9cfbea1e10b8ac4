import type { Clock } from '../../../shared/clock.ts'
import { ChainedSession } from './chained-session.ts'
import { connectInTime } from './connect-in-time.ts'
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
  readonly #sessions = new Set<ChainedSession>()
  #current: ChainedSession | undefined

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
    const session = new ChainedSession(this.#options.clock, (error) => this.#ended(session, error))
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

  #isSpent(session: ChainedSession): boolean {
    if (session.over) return true
    return session.used && this.#options.clock.now() - session.since >= this.#options.renewAfterMs
  }

  #renew(): void {
    const { clock, connect } = this.#options
    this.#current?.retire()
    const session = new ChainedSession(clock, (error) => this.#ended(session, error))
    this.#sessions.add(session)
    this.#current = session
    connectInTime({ clock, connect, onTrouble: (error) => session.fail(error), giveUp: session.giveUp }).then(
      (connection) => session.take(connection),
      (error: unknown) => session.fail(error),
    )
  }

  #ended(session: ChainedSession, error: unknown): void {
    this.#sessions.delete(session)
    if (this.#current === session) this.#current = undefined
    if (session.unanswered > 0) this.#onTrouble(error)
  }
}
