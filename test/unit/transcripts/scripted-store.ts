import { CallError } from '../../../shared/protocol/error-code.ts'
import type { TranscriptLine, TranscriptRooms } from '../../../shared/transcript-store/transcript-store.ts'

export type Appended = {
  readonly roomId: string
  readonly createdAt?: number | undefined
  readonly lines: readonly TranscriptLine[]
  readonly expiresAt: number
}

/** Takes lines and remembers them as they came; can be away, refuse lines, and keep its callers waiting. */
export class ScriptedStore {
  readonly appended: Appended[] = []
  away = false
  /** Lines that it never takes, nor those in one call with them. */
  refuses: (line: TranscriptLine) => boolean = () => false
  /** Calls, refused ones too. */
  calls = 0
  #gate: Promise<void> | undefined

  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gate = promise
    return () => {
      this.#gate = undefined
      resolve()
    }
  }

  async append(room: TranscriptRooms, lines: readonly TranscriptLine[], expiresAt: number): Promise<void> {
    this.calls += 1
    await this.#gate
    if (this.away) throw new CallError('unavailable', 'away', { cause: new TypeError('what was said') })
    if (lines.some(this.refuses))
      throw new CallError('bad_request', 'refused', { cause: new TypeError('what was said') })
    this.appended.push({ ...room, lines, expiresAt })
  }

  /** What was said in all rooms, as it came. */
  get texts(): readonly string[] {
    return this.appended.flatMap(({ lines }) => lines.map(({ text }) => text))
  }
}
