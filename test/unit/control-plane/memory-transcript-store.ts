import type { Clock } from '../../../shared/clock.ts'
import { CallError } from '../../../shared/protocol/error-code.ts'
import { boundedLine } from '../../../shared/transcript-store/transcript-line.ts'
import type {
  TranscriptLine,
  TranscriptPage,
  TranscriptStore,
} from '../../../shared/transcript-store/transcript-store.ts'

type Kept = { readonly key: string; readonly line: TranscriptLine; readonly expiresAt: number }

const keyOf = (startMs: number, segmentId: string) => `${String(startMs).padStart(16, '0')} ${segmentId}`

/** A transcript store in memory, kept to the same contract as the real one, that can be sent away. */
export class MemoryTranscriptStore implements TranscriptStore {
  readonly #rooms = new Map<string, Map<string, Kept>>()
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

  async append(roomId: string, lines: readonly TranscriptLine[], expiresAt: number): Promise<void> {
    this.#answer()
    const room = this.#rooms.get(roomId) ?? new Map<string, Kept>()
    this.#rooms.set(roomId, room)
    for (const line of lines.map(boundedLine)) {
      const key = keyOf(line.startMs, line.segmentId)
      room.set(key, { key, line, expiresAt })
    }
  }

  async read(
    roomId: string,
    { sinceMs, limit, after = '' }: { sinceMs: number; limit: number; after?: string | undefined },
  ): Promise<TranscriptPage> {
    this.#answer()
    const found = [...(this.#rooms.get(roomId)?.values() ?? [])]
      .filter(({ key, line, expiresAt }) => line.startMs >= sinceMs && key > after && expiresAt > this.#clock.now())
      .sort((one, other) => (one.key < other.key ? -1 : 1))
    const page = found.slice(0, limit)
    return {
      lines: page.map(({ line }) => structuredClone(line)),
      next: found.length > limit ? page.at(-1)?.key : undefined,
    }
  }

  async ping(): Promise<void> {
    this.#answer()
  }

  close(): void {
    this.#rooms.clear()
  }

  #answer(): void {
    this.#answers -= 1
    if (this.#answers < 0) throw new CallError('unavailable', 'The transcript store cannot be reached.')
  }
}
