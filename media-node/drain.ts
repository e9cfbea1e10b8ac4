import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logging.ts'
import type { Room } from './sfu/room.ts'

/** So many participants are asked to move each `PACE_MS`, so that not all of them join elsewhere at once. */
const PARTICIPANTS_PER_PACE = 10
const PACE_MS = 100

/** What the wait for a drain came to. */
export type DrainEnd = 'empty' | 'deadline' | 'cancelled'

export type DrainOptions = {
  /** The rooms there are. */
  readonly rooms: () => readonly Room[]
  /** Tells the registry; settles when it has heard, or cannot hear. */
  readonly announce: () => Promise<void>
  readonly clock: Clock
  readonly logger: Logger
}

type State =
  | { readonly name: 'none' }
  | {
      readonly name: 'under-way'
      readonly deadlineAt: number
      /** Rooms whose participants have not been asked to move yet. */
      readonly waiting: Room[]
      readonly ended: PromiseWithResolvers<DrainEnd>
    }
  | { readonly name: 'over' }

/** Empties a media node: its rooms move to others, and at the deadline what is left is cut off. */
export class Drain {
  readonly #options: DrainOptions
  #state: State = { name: 'none' }
  #cancelNext: () => void = () => undefined

  constructor(options: DrainOptions) {
    this.#options = options
  }

  get active(): boolean {
    return this.#state.name !== 'none'
  }

  /** Whether the deadline has passed, and nobody is let in any more. */
  get over(): boolean {
    return this.#state.name === 'over'
  }

  /** Resolves when nobody is left. Begun again it goes on to the new deadline. */
  begin(deadlineMs: number): Promise<DrainEnd> {
    const { clock, rooms, logger } = this.#options
    const ended = this.#state.name === 'under-way' ? this.#state.ended : Promise.withResolvers<DrainEnd>()
    const state: State = { name: 'under-way', deadlineAt: clock.now() + deadlineMs, waiting: [...rooms()], ended }
    this.#cancelNext()
    this.#state = state
    logger.info({ rooms: state.waiting.length, deadlineMs }, 'draining')
    // Who is asked to move before the registry knows would be sent back here.
    void this.#options.announce().then(() => this.#next(state))
    return ended.promise
  }

  /** Rooms stay from now on, and who was asked to move finds that there is no need. */
  cancel(): void {
    if (this.#state.name === 'none') return
    const ended = this.#state.name === 'under-way' ? this.#state.ended : undefined
    this.#cancelNext()
    this.#state = { name: 'none' }
    for (const room of this.#options.rooms()) room.stay()
    this.#options.logger.info('the drain is cancelled')
    ended?.resolve('cancelled')
    void this.#options.announce()
  }

  /** A room that opens during the drain, since its token was given before, moves at once. */
  roomOpened(room: Room): void {
    if (this.#state.name === 'under-way') room.migrate({ reason: 'draining', deadlineAt: this.#state.deadlineAt })
  }

  /** Waits for nothing more. */
  close(): void {
    this.#cancelNext()
  }

  #next(state: State): void {
    if (state.name !== 'under-way' || this.#state !== state) return
    const { clock, rooms } = this.#options
    const remainingMs = state.deadlineAt - clock.now()
    if (remainingMs <= 0) {
      this.#cutOff(state.ended)
      return
    }
    migrateSome(state.waiting, state.deadlineAt)
    if (rooms().every(({ size }) => size === 0)) state.ended.resolve('empty')
    this.#cancelNext = clock.after(Math.min(PACE_MS, remainingMs), () => this.#next(state))
  }

  #cutOff(ended: PromiseWithResolvers<DrainEnd>): void {
    this.#state = { name: 'over' }
    for (const room of this.#options.rooms()) room.close('draining')
    ended.resolve('deadline')
  }
}

function migrateSome(waiting: Room[], deadlineAt: number): void {
  let asked = 0
  while (asked < PARTICIPANTS_PER_PACE) {
    const room = waiting.shift()
    if (room === undefined) return
    asked += room.size
    if (room.size === 0) room.close('draining')
    else room.migrate({ reason: 'draining', deadlineAt })
  }
}
