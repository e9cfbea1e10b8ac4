import type { CallState } from './call-state.ts'
import type { Participants } from './participants.ts'
import type { Store } from './store.ts'

/** Of the people who were here last. What somebody said comes seconds after they have left, at most. */
export const MAX_NAMES = 500

/** The names of those who say something, also of people who have left before their words came. */
export class SpeakerNames {
  readonly #state: Store<CallState>
  /** Those who were here last come last. */
  readonly #names = new Map<string, string>()
  #seen: Participants = []

  constructor(state: Store<CallState>) {
    this.#state = state
    state.subscribe(() => this.#see(state.get().participants))
  }

  /** Empty for somebody who was never seen here. */
  readonly of = (participantId: string): string => {
    const state = this.#state.get()
    if (participantId === state.participantId) return state.displayName
    const present = state.participants.find((participant) => participant.participantId === participantId)
    return present?.displayName ?? this.#names.get(participantId) ?? ''
  }

  #see(participants: Participants): void {
    if (participants === this.#seen) return
    this.#seen = participants
    for (const { participantId, displayName } of participants) {
      this.#names.delete(participantId)
      this.#names.set(participantId, displayName)
    }
    const tooMany = this.#names.size - MAX_NAMES
    for (const participantId of [...this.#names.keys()].slice(0, Math.max(0, tooMany)))
      this.#names.delete(participantId)
  }
}
