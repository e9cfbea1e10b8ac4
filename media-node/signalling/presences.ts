import { createHash } from 'node:crypto'
import type { Participant } from '../sfu/participant.ts'
import type { ParticipantLink } from '../sfu/participant-link.ts'
import { type Connection, Presence, type PresenceOptions } from './presence.ts'
import type { RequestBudgets } from './request-budgets.ts'

export type PresencesOptions = Omit<PresenceOptions, 'resumeToken' | 'budget' | 'closed'> & {
  /** A secret that nobody can guess: at least 128 bits, in the characters of a WebSocket subprotocol. */
  readonly newResumeToken: () => string
  readonly budgets: RequestBudgets
}

export type Entrance = {
  readonly connection: Connection
  /** By what the participant's requests are counted. */
  readonly who: { readonly caller: string; readonly roomId: string }
}

/** Everybody who is in a room of this media node, by the token that resumes. */
export class Presences {
  readonly #options: PresencesOptions
  /** By the token's hash, so that how long a look-up takes says nothing about a token. */
  readonly #presences = new Map<string, Presence>()

  constructor(options: PresencesOptions) {
    this.#options = options
  }

  get suspended(): number {
    return [...this.#presences.values()].filter(({ suspended }) => suspended).length
  }

  /** @throws what `join` throws */
  enter({ connection, who }: Entrance, join: (link: ParticipantLink) => Participant): Presence {
    const budget = this.#options.budgets.of(who)
    const resumeToken = this.#options.newResumeToken()
    const key = hashOf(resumeToken)
    const closed = () => this.#presences.delete(key)
    const presence = new Presence({ ...this.#options, budget, resumeToken, closed }, connection, join)
    this.#presences.set(key, presence)
    return presence
  }

  /** Whom the token resumes; undefined when they have gone or never were here. */
  find(resumeToken: string): Presence | undefined {
    return this.#presences.get(hashOf(resumeToken))
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64')
}
