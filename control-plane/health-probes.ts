import type { Clock } from '../shared/clock.ts'
import { afterRunning } from '../shared/deadline.ts'
import type { KnownNode } from '../shared/node-registry/node-registry.ts'
import { RecentMap } from '../shared/recent-map.ts'

/** `ok`: it lives. `refused`: nobody listens there, or somebody else does. `silent`: no answer in time, or none of its own. */
export const probeAnswers = ['ok', 'refused', 'silent'] as const
export type ProbeAnswer = (typeof probeAnswers)[number]

/** What a media node is asked by. */
export type Probable = Pick<KnownNode, 'nodeId' | 'url' | 'internalUrl'>

/** Asks a media node itself whether it lives; within a deadline, and never rejects. */
export type HealthProbe = (node: Probable) => Promise<ProbeAnswer>

export type Probed = { readonly answer: ProbeAnswer; readonly askedAt: number }

/** An answer is good for this long. */
const ANSWER_TTL_MS = 500

/** Beyond this many the answers longest known are forgotten. */
const MAX_ANSWERS = 1_000

/** Asks each media node once at a time, however many want to know. */
export class HealthProbes {
  readonly #probe: HealthProbe
  readonly #clock: Clock
  readonly #onAnswer: (answer: ProbeAnswer) => void
  readonly #underWay = new Map<string, Promise<Probed>>()
  readonly #answers = new RecentMap<string, Probed>(MAX_ANSWERS)

  constructor(options: {
    readonly probe: HealthProbe
    readonly clock: Clock
    readonly onAnswer: (answer: ProbeAnswer) => void
  }) {
    this.#probe = options.probe
    this.#clock = options.clock
    this.#onAnswer = options.onAnswer
  }

  /**
   * `silent` when there is no answer after `patienceMs`, counted while this process runs. The question stays open, and
   * whoever asks again before it is given up waits for the same answer.
   */
  async ask(node: Probable, patienceMs: number): Promise<Probed> {
    const key = `${node.nodeId} ${node.internalUrl ?? node.url}`
    const known = this.#answers.get(key)
    if (known && this.#clock.now() - known.askedAt < ANSWER_TTL_MS) return known
    const askedAt = this.#clock.now()
    const asking = this.#underWay.get(key) ?? this.#ask(key, node, askedAt)
    this.#underWay.set(key, asking)
    return new Promise((resolve, reject) => {
      const cancel = afterRunning(this.#clock, patienceMs, () => resolve({ answer: 'silent', askedAt }))
      asking.then(resolve, reject).finally(cancel)
    })
  }

  async #ask(key: string, node: Probable, askedAt: number): Promise<Probed> {
    try {
      const probed = { answer: await this.#probe(node), askedAt }
      this.#answers.set(key, probed)
      this.#onAnswer(probed.answer)
      return probed
    } finally {
      this.#underWay.delete(key)
    }
  }
}
