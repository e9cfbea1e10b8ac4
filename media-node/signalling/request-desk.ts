import type { Clock } from '../../shared/clock.ts'
import { withDeadline } from '../../shared/deadline.ts'
import type { Logger } from '../../shared/logging.ts'
import { CallError, type ErrorCode } from '../../shared/protocol/error-code.ts'
import type { Method, Requests } from '../../shared/protocol/messages.ts'
import { RecentMap } from '../../shared/recent-map.ts'
import type { Participant } from '../sfu/participant.ts'
import { callErrorOf } from './call-error-of.ts'
import { failureAnswer } from './failure-answer.ts'
import type { Handlers } from './handlers.ts'
import { type Envelope, parseData, parseMethod } from './parse-request.ts'
import type { RequestBudget } from './request-budgets.ts'
import type { SignallingMetrics } from './signalling-metrics.ts'

/** For the answer to one request. */
const REQUEST_DEADLINE_MS = 8_000

/** Requests of one participant that may wait for their answers at once. */
const MAX_UNDER_WAY = 64

/** So many of the latest answers can be had again. */
const REMEMBERED_ANSWERS = 64

/** They say how things are, and are done anew however often they are sent. */
const DONE_ANEW: ReadonlySet<Method> = new Set(['ping', 'set-captions'])

export type RequestDeskOptions = {
  readonly budget: RequestBudget
  readonly handlers: Handlers
  readonly metrics: Pick<SignallingMetrics, 'answered'>
  readonly clock: Clock
  readonly logger: Logger
}

type Answer = {
  readonly text: string
  /** What is answered when the request is sent again; undefined when it is then done anew. */
  readonly again: (() => string) | undefined
}

type Remembered = { readonly method: string; readonly again: () => string }

/**
 * Does the requests of one participant, over all its connections: what is sent again because its answer was lost with a
 * connection is not done twice.
 */
export class RequestDesk {
  readonly #participant: Participant
  readonly #options: RequestDeskOptions
  readonly #underWay = new Map<number, { readonly method: string; readonly answer: Promise<Answer> }>()
  readonly #remembered = new RecentMap<number, Remembered>(REMEMBERED_ANSWERS)

  constructor(participant: Participant, options: RequestDeskOptions) {
    this.#participant = participant
    this.#options = options
  }

  /** The answer as it is sent. Never rejects. */
  async answer(envelope: Envelope): Promise<string> {
    const { id, method } = envelope
    const remembered = this.#remembered.get(id)
    const underWay = this.#underWay.get(id)
    const known = remembered ?? underWay
    if (known !== undefined && known.method !== method) return failureAnswer(id, usedOtherwise)
    if (remembered !== undefined) return this.#again(id, remembered)
    if (underWay !== undefined) return (await underWay.answer).text
    const answer = this.#do(envelope)
    this.#underWay.set(id, { method, answer })
    const { text, again } = await answer
    this.#underWay.delete(id)
    if (again !== undefined) this.#remembered.set(id, { method, again })
    return text
  }

  #again(id: number, { method, again }: Remembered): string {
    try {
      this.#options.budget.spend(parseMethod(method))
      return again()
    } catch (error) {
      return failureAnswer(id, callErrorOf(error, this.#options.logger))
    }
  }

  async #do({ id, method: name, data }: Envelope): Promise<Answer> {
    const { clock, logger } = this.#options
    const startedAt = clock.now()
    const known: { method: Method | 'unknown' } = { method: 'unknown' }
    try {
      const method = parseMethod(name)
      known.method = method
      this.#options.budget.spend(method)
      const reply = await this.#handle(method, data)
      this.#answered(method, 'ok', startedAt)
      return this.#answer(id, method, reply)
    } catch (error) {
      const failed = callErrorOf(error, logger)
      this.#answered(known.method, failed.code, startedAt)
      const text = failureAnswer(id, failed)
      // What was not even begun may be sent again.
      const isDoneAnew = known.method === 'ping' || failed.code === 'rate_limited'
      return { text, again: isDoneAnew ? undefined : () => text }
    }
  }

  async #handle<M extends Method>(method: M, data: unknown): Promise<Requests[M]['reply']> {
    if (this.#underWay.size >= MAX_UNDER_WAY) throw new CallError('rate_limited', 'Too many open requests.')
    const { handlers, clock } = this.#options
    const late = () => new CallError('request_timeout', 'The media node did not finish this in time.')
    const work = Promise.resolve(handlers[method](this.#participant, parseData(method, data)))
    return await withDeadline(clock, REQUEST_DEADLINE_MS, work, late)
  }

  #answer(id: number, method: Method, reply: object): Answer {
    const text = JSON.stringify({ id, data: reply })
    if (DONE_ANEW.has(method)) return { text, again: undefined }
    // Consumers come and go meanwhile, and what is long is not kept.
    if (method === 'receive') {
      return { text, again: () => JSON.stringify({ id, data: { consumers: this.#participant.consumers } }) }
    }
    return { text, again: () => text }
  }

  #answered(method: Method | 'unknown', outcome: ErrorCode | 'ok', startedAt: number): void {
    this.#options.metrics.answered(method, outcome, (this.#options.clock.now() - startedAt) / 1_000)
  }
}

const usedOtherwise = new CallError('bad_request', 'The id was used for another request.')
