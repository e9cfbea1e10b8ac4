import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import type {
  TranscriptLine,
  TranscriptRoom,
  TranscriptStore,
} from '../../../shared/transcript-store/transcript-store.ts'
import type { SettableClock } from '../../unit/shared/settable-clock.ts'

/** A store made for one run of the contract, with the clock it tells the time by. */
export type TranscriptStoreUnderTest = {
  readonly store: TranscriptStore
  readonly clock: SettableClock
  stop(): Promise<void>
}

const HOUR_MS = 3_600_000
const START_MS = Date.UTC(2026, 0, 1)

export const newLine = (given: Partial<TranscriptLine> = {}): TranscriptLine => ({
  segmentId: randomUUID(),
  participantId: 'ada',
  speaker: 'Ada',
  language: 'en',
  text: 'Tea & "cake" <at> 5 🍰, please.',
  startMs: START_MS,
  endMs: START_MS + 1_500,
  translations: { es: 'Té y «pastel», por favor.', 'pt-BR': '' },
  ...given,
})

/** A line of each of so many seconds. */
const linesOfSeconds = (seconds: number, given: Partial<TranscriptLine> = {}) =>
  Array.from({ length: seconds }, (_, second) => newLine({ startMs: START_MS + second * 1_000, ...given }))

/** What every adapter of the transcript store keeps. */
export function transcriptStoreContract(adapter: string, start: () => Promise<TranscriptStoreUnderTest>): void {
  describe(`the transcript store on ${adapter}`, () => {
    let running: TranscriptStoreUnderTest
    let room: { id: TranscriptRoom; append: (...lines: TranscriptLine[]) => Promise<void> }
    const read = (options: { sinceMs?: number; limit?: number; after?: string | undefined } = {}) =>
      running.store.read(room.id, { sinceMs: 0, limit: 1_000, ...options })
    before(async () => {
      running = await start()
    })
    after(() => running.stop())
    const inNewRoom = () => {
      const id = { roomId: randomUUID(), createdAt: START_MS }
      room = { id, append: (...lines) => running.store.append(id, lines, running.clock.now() + HOUR_MS) }
    }

    test('[J1] a line is read back as it was given, in its room only', async () => {
      inNewRoom()
      const line = newLine()
      await room.append(line)
      assert.deepEqual(await read(), { lines: [line], next: undefined })
      inNewRoom()
      assert.deepEqual(await read(), { lines: [], next: undefined })
    })

    test('[J2] lines are read by when they began and then by segment, in whatever order they were stored', async () => {
      inNewRoom()
      const lines = [
        newLine({ startMs: 999, segmentId: 'z' }),
        newLine({ startMs: 1_000, segmentId: 'a' }),
        newLine({ startMs: 1_000, segmentId: 'b' }),
        newLine({ startMs: 10_000, segmentId: 'a' }),
      ]
      await room.append(...lines.toReversed())
      assert.deepEqual((await read()).lines, lines)
    })

    test('[J3] a line takes the place of the one with its start and segment, also in one call', async () => {
      inNewRoom()
      const line = newLine({ translations: {} })
      await room.append(line)
      const translated = { ...line, translations: { es: 'Té.' } }
      await room.append(line, translated)
      assert.deepEqual((await read()).lines, [translated])
      await room.append(line)
      assert.deepEqual((await read()).lines, [line])
    })

    test('[J4] pages of any size hold every line once, and the last one says that it is', async () => {
      inNewRoom()
      const lines = linesOfSeconds(60)
      await room.append(...lines)
      for (const limit of [1, 7, 20, 59, 60, 61]) {
        const seen: TranscriptLine[] = []
        let after: string | undefined
        let pages = 0
        do {
          const page = await read({ limit, after })
          assert.ok(page.lines.length <= limit)
          seen.push(...page.lines)
          after = page.next
          pages += 1
        } while (after !== undefined)
        assert.deepEqual(seen, lines)
        assert.equal(pages, Math.ceil(60 / limit))
      }
    })

    test('[J5] only lines that began then or later are read, on every page', async () => {
      inNewRoom()
      const lines = linesOfSeconds(10)
      await room.append(...lines)
      const since = START_MS + 4_000
      assert.deepEqual((await read({ sinceMs: since })).lines, lines.slice(4))
      assert.deepEqual((await read({ sinceMs: since + 1 })).lines, lines.slice(5))
      const { next } = await read({ sinceMs: since, limit: 2 })
      assert.deepEqual((await read({ sinceMs: since, after: next })).lines, lines.slice(6))
      const { next: first } = await read({ limit: 1 })
      assert.deepEqual((await read({ sinceMs: since, after: first })).lines, lines.slice(4))
    })

    test('[J6] a line past its expiry is as if it were not there, however many there are', async () => {
      inNewRoom()
      const { store, clock } = running
      const [kept, ...old] = linesOfSeconds(80)
      assert.ok(kept)
      await store.append(room.id, old, clock.now() + HOUR_MS)
      await store.append(room.id, [{ ...kept, startMs: START_MS + 100_000 }], clock.now() + 2 * HOUR_MS)
      clock.advance(HOUR_MS - 1_000)
      assert.equal((await read()).lines.length, 80)
      clock.advance(1_000)
      const { lines, next } = await read({ limit: 1 })
      assert.deepEqual([lines.map(({ segmentId }) => segmentId), next], [[kept.segmentId], undefined])
    })

    test('[J7] a page of the longest lines there can be is read whole, and what is longer is cut', async () => {
      inNewRoom()
      const text = '語'.repeat(4_096)
      const translations = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`x${index}`, text]))
      const lines = linesOfSeconds(6, { text, translations })
      await room.append(...lines)
      assert.deepEqual((await read({ limit: 6 })).lines, lines)
      inNewRoom()
      const name = `${'x'.repeat(250)}👩‍👩‍👧`
      const long = { text: `${'x'.repeat(4_095)}🍰`, speaker: name, translations: { ...translations, toomany: 'x' } }
      await room.append(newLine(long))
      const [cut] = (await read()).lines
      assert.equal(cut?.text, 'x'.repeat(4_095), 'an emoji is not cut in half')
      assert.equal(cut.speaker, 'x'.repeat(250))
      assert.equal(Object.keys(cut.translations).length, 20)
    })

    test('[J8] nothing to store is stored, and it answers a ping', async () => {
      inNewRoom()
      await room.append()
      assert.deepEqual((await read()).lines, [])
      await running.store.ping()
    })

    test('[J60] lines of one room are read by nobody who was in another of its name, also where their times overlap', async () => {
      inNewRoom()
      const { roomId } = room.id
      const later = { roomId, createdAt: START_MS + 5_000 }
      const [early, late] = [newLine({ startMs: START_MS }), newLine({ startMs: START_MS + 9_000 })]
      await room.append(early, late)
      const others = [newLine({ startMs: START_MS + 5_000 }), newLine({ startMs: START_MS + 8_000 })]
      await running.store.append(later, others, running.clock.now() + HOUR_MS)
      assert.deepEqual((await read()).lines, [early, late])
      const readLater = (options = {}) => running.store.read(later, { sinceMs: 0, limit: 10, ...options })
      assert.deepEqual((await readLater()).lines, others)
      const { next } = await read({ limit: 1 })
      assert.deepEqual((await readLater({ after: next })).lines, others, 'a cursor of another room opens nothing')
      assert.deepEqual((await readLater({ sinceMs: START_MS + 8_000 })).lines, others.slice(1))
      assert.deepEqual(
        (await running.store.read({ roomId, createdAt: START_MS + 1 }, { sinceMs: 0, limit: 1 })).lines,
        [],
      )
    })

    test('[J61] without the time all rooms of a name are read, the older first, page by page and since a time', async () => {
      inNewRoom()
      const { roomId } = room.id
      const lines = linesOfSeconds(6)
      for (const [index, line] of lines.entries()) {
        const createdAt = START_MS + Math.floor(index / 2) * 2_000
        await running.store.append({ roomId, createdAt }, [line], running.clock.now() + HOUR_MS)
      }
      const all = (options: { sinceMs?: number; limit?: number; after?: string | undefined } = {}) =>
        running.store.read({ roomId }, { sinceMs: 0, limit: 10, ...options })
      assert.deepEqual((await all()).lines, lines)
      assert.deepEqual((await all({ sinceMs: START_MS + 3_000 })).lines, lines.slice(3))
      const { next } = await all({ limit: 3 })
      assert.deepEqual((await all({ after: next })).lines, lines.slice(3))
    })

    test('[J62] lines whose room nobody knows are given only to those who read all of that name', async () => {
      inNewRoom()
      const { roomId } = room.id
      const [known, unknown] = [newLine(), newLine({ startMs: START_MS + 1_000 })]
      await room.append(known)
      await running.store.append({ roomId }, [unknown], running.clock.now() + HOUR_MS)
      assert.deepEqual((await read()).lines, [known])
      assert.deepEqual((await running.store.read({ roomId }, { sinceMs: 0, limit: 10 })).lines, [known, unknown])
    })

    test('[J63] what was removed is not read, nor what is stored of it later; what is said since is', async () => {
      inNewRoom()
      const { roomId } = room.id
      const lines = linesOfSeconds(60)
      await room.append(...lines)
      const saidBefore = START_MS + 40_000
      await running.store.remove(roomId, { madeBefore: START_MS, saidBefore })
      assert.deepEqual((await read()).lines, lines.slice(40))
      await room.append(...lines)
      assert.deepEqual((await read()).lines, lines.slice(40))
      assert.deepEqual((await running.store.read({ roomId }, { sinceMs: 0, limit: 100 })).lines, lines.slice(40))
    })

    test('[J63] of a room that is over nothing is left, whatever time its last lines have', async () => {
      inNewRoom()
      const { roomId } = room.id
      const [early, late] = [newLine(), newLine({ startMs: START_MS + 9_000 })]
      await room.append(early)
      await running.store.remove(roomId, { madeBefore: START_MS + 1, saidBefore: START_MS + 5_000 })
      await room.append(late)
      assert.deepEqual((await read()).lines, [])
      assert.deepEqual((await running.store.read({ roomId }, { sinceMs: 0, limit: 100 })).lines, [])
      await running.store.remove(roomId, { madeBefore: 0, saidBefore: 0 })
      assert.deepEqual((await read()).lines, [])
      assert.deepEqual((await running.store.read({ roomId }, { sinceMs: 0, limit: 100 })).lines, [])
      const next = { roomId, createdAt: START_MS + 6_000 }
      await running.store.append(next, [late], running.clock.now() + HOUR_MS)
      assert.deepEqual((await running.store.read(next, { sinceMs: 0, limit: 100 })).lines, [late])
    })
  })
}
