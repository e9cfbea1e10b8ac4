import type { Clock } from '../../shared/clock.ts'
import { type Notifications, notifications } from '../../shared/protocol/messages.ts'
import type { CloseReason, RoomCloseReason } from './close-reason.ts'
import type { Participant } from './participant.ts'

export const migrationReasons = notifications.migrate.shape.reason.options
export type MigrationReason = Notifications['migrate']['reason']

/** `asked` to follow the room; then `left` in time, or `cut_off` at the deadline. */
export const migrationOutcomes = ['asked', 'left', 'cut_off'] as const
export type MigrationOutcome = (typeof migrationOutcomes)[number]

/** Where a room is going, or has gone. */
export type Migration = {
  readonly reason: MigrationReason
  /** Whoever is left then is cut off. */
  readonly deadlineAt: number
}

/** Why a room that moves closes. */
const closeReasonOf = {
  draining: 'draining',
  moved: 'stale_allocation',
} as const satisfies Readonly<Record<MigrationReason, RoomCloseReason>>

export type RoomMigrationOptions = {
  readonly clock: Clock
  readonly count: (reason: MigrationReason, outcome: MigrationOutcome) => void
  /** The deadline has passed; the room closes for this reason. */
  readonly overdue: (reason: RoomCloseReason) => void
}

/** Whether the participants of a room are on their way to another media node, and who has been asked. */
export class RoomMigration {
  readonly #options: RoomMigrationOptions
  #migration: Migration | undefined
  #asked = new Set<Participant>()
  #cancelDeadline: () => void = () => undefined

  constructor(options: RoomMigrationOptions) {
    this.#options = options
  }

  get reason(): MigrationReason | undefined {
    return this.#migration?.reason
  }

  /** Why the room closes once nobody is left; undefined while it stays. */
  get closeReason(): RoomCloseReason | undefined {
    return this.reason && closeReasonOf[this.reason]
  }

  /** Asks these and all who come later. What has moved stays so, and a drain may get another deadline. */
  begin(migration: Migration, participants: Iterable<Participant>): void {
    const { clock, overdue } = this.#options
    if (this.reason === 'moved') return
    if (this.reason !== migration.reason) this.#asked = new Set()
    this.#migration = migration
    this.#cancelDeadline()
    const remainingMs = Math.max(0, migration.deadlineAt - clock.now())
    this.#cancelDeadline = clock.after(remainingMs, () => overdue(closeReasonOf[migration.reason]))
    for (const participant of participants) this.ask(participant)
  }

  /** The drain is cancelled. */
  cancel(): void {
    if (this.reason !== 'draining') return
    this.#cancelDeadline()
    this.#migration = undefined
    this.#asked.clear()
  }

  /** Asks a participant to follow, or again one who may have missed it; does nothing in a room that stays. */
  ask(participant: Participant): void {
    if (this.#migration === undefined) return
    const { clock, count } = this.#options
    const { reason, deadlineAt } = this.#migration
    participant.link.notify('migrate', { reason, deadlineMs: Math.max(0, deadlineAt - clock.now()) })
    if (this.#asked.has(participant)) return
    this.#asked.add(participant)
    count(reason, 'asked')
  }

  gone(participant: Participant, why: CloseReason): void {
    if (this.reason === undefined || !this.#asked.delete(participant)) return
    this.#options.count(this.reason, why === this.closeReason ? 'cut_off' : 'left')
  }

  /** For the room, which closes. */
  close(): void {
    this.#cancelDeadline()
  }
}
