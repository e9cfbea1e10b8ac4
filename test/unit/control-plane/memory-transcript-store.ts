import type { Clock } from '../../../shared/clock.ts'
import { CallError } from '../../../shared/protocol/error-code.ts'
import { boundedLine } from '../../../shared/transcript-store/transcript-line.ts'
import type {
  Removal,
  TranscriptLine,
  TranscriptPage,
  TranscriptRooms,
  TranscriptStore,
} from '../../../shared/transcript-store/transcript-store.ts'

type Kept = {
  readonly key: string
  readonly createdAt: number | undefined
  readonly line: TranscriptLine
  readonly expiresAt: number
}

const digits = (ms: number) => String(ms).padStart(16, '0')

/** A transcript store in memory, kept to the same contract as the real one, that can be sent away. */
export class MemoryTranscriptStore implements TranscriptStore {
  readonly #rooms = new Map<string, Map<string, Kept>>()
  readonly #removals = new Map<string, Removal>()
  readonly #clock: Clock
  #answers = Number.POSITIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Answers so many calls more, and then none. */
  goAway({ after = 0 } = {}): void {
    this.#answers = after
  }

  comeBack(): void {
    this.#answers = Number.POSITIVE_INFINITY
  }

  async append(
    { roomId, createdAt }: TranscriptRooms,
    lines: readonly TranscriptLine[],
    expiresAt: number,
  ): Promise<void> {
    this.#answer()
    const room = this.#rooms.get(roomId) ?? new Map<string, Kept>()
    this.#rooms.set(roomId, room)
    for (const line of lines.map(boundedLine)) {
      const key = [createdAt ?? line.startMs, line.startMs].map(digits).join('/') + line.segmentId
      room.set(key, { key, createdAt, line, expiresAt })
    }
  }

  async read(
    { roomId, createdAt }: TranscriptRooms,
    { sinceMs, limit, after = '' }: { sinceMs: number; limit: number; after?: string | undefined },
  ): Promise<TranscriptPage> {
    this.#answer()
    const found = [...(this.#rooms.get(roomId)?.values() ?? [])]
      .filter((kept) => createdAt === undefined || kept.createdAt === createdAt)
      .filter(({ key, line, expiresAt }) => line.startMs >= sinceMs && key > after && expiresAt > this.#clock.now())
      .filter((kept) => !this.#isRemoved(roomId, kept))
      .sort((one, other) => (one.key < other.key ? -1 : 1))
    const page = found.slice(0, limit)
    return {
      lines: page.map(({ line }) => structuredClone(line)),
      next: found.length > limit ? page.at(-1)?.key : undefined,
    }
  }

  async remove(roomId: string, bounds: Removal): Promise<void> {
    this.#answer()
    const before = this.#removals.get(roomId) ?? { madeBefore: 0, saidBefore: 0 }
    this.#removals.set(roomId, {
      madeBefore: Math.max(before.madeBefore, bounds.madeBefore),
      saidBefore: Math.max(before.saidBefore, bounds.saidBefore),
    })
  }

  async ping(): Promise<void> {
    this.#answer()
  }

  close(): void {
    this.#rooms.clear()
  }

  #isRemoved(roomId: string, { createdAt, line }: Kept): boolean {
    const { madeBefore = 0, saidBefore = 0 } = this.#removals.get(roomId) ?? {}
    return line.startMs < saidBefore || (createdAt ?? line.startMs) < madeBefore
  }

  #answer(): void {
    this.#answers -= 1
    if (this.#answers < 0) throw new CallError('unavailable', 'The transcript store cannot be reached.')
  }
}
