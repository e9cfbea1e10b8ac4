import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import type { TranscriptLine, TranscriptStore } from '../../../shared/transcript-store/transcript-store.ts'
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
    let room: { id: string; append: (...lines: TranscriptLine[]) => Promise<void> }
    const read = (options: { sinceMs?: number; limit?: number; after?: string | undefined } = {}) =>
      running.store.read(room.id, { sinceMs: 0, limit: 1_000, ...options })
    before(async () => {
      running = await start()
    })
    after(() => running.stop())
    const inNewRoom = () => {
      const id = randomUUID()
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
      await room.append(newLine({ text: `${'x'.repeat(4_095)}🍰`, translations: { ...translations, toomany: 'x' } }))
      const [cut] = (await read()).lines
      assert.equal(cut?.text, `${'x'.repeat(4_095)}\ufffd`)
      assert.equal(Object.keys(cut.translations).length, 20)
    })

    test('[J8] nothing to store is stored, and it answers a ping', async () => {
      inNewRoom()
      await room.append()
      assert.deepEqual((await read()).lines, [])
      await running.store.ping()
    })
  })
}
