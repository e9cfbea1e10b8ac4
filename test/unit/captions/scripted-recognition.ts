import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CaptionCounter } from '../../../media-node/captions/caption-metrics.ts'
import { EngineSupply } from '../../../media-node/captions/engine-supply.ts'
import { EngineTurns } from '../../../media-node/captions/engine-turns.ts'
import type { LaneCaption, LaneStatus, ResumedStream } from '../../../media-node/captions/lane-messages.ts'
import { LaneTally } from '../../../media-node/captions/lane-tally.ts'
import { Recognition } from '../../../media-node/captions/recognition.ts'
import { StreamSlots } from '../../../media-node/captions/stream-slots.ts'
import { SettableClock } from '../shared/settable-clock.ts'
import { ScriptedEngine, soundOf } from './scripted-engine.ts'

/** Speakers who are recognised by a scripted engine on a clock that the test moves. */
export function scripted({ bufferMs = 30_000, maxStreams = 4, hasFallback = false } = {}) {
  const clock = new SettableClock()
  const engine = new ScriptedEngine()
  const fallback = new ScriptedEngine()
  const tally = new LaneTally()
  const tasks: (() => void)[] = []
  const changes: string[] = []
  const supply = new EngineSupply({
    engine: { name: 'first', create: async () => engine },
    fallback: hasFallback ? { name: 'second', create: async () => fallback } : undefined,
    ...{ tally, clock, random: () => 0.5 },
    changed: ({ engine, state }) => changes.push(`${engine} ${state}`),
  })
  const slots = new StreamSlots(maxStreams)
  const now = () => clock.now()
  let looks = 0
  // Every look finds a spell over, so that there is one turn in each.
  const turns = new EngineTurns({ schedule: (task) => tasks.push(task), now: () => 10 * ++looks })
  const counts = new Map<CaptionCounter, number>()
  /** @returns how many turns were taken */
  function run(): number {
    let taken = 0
    for (let task = tasks.shift(); task; task = tasks.shift()) {
      task()
      taken += 1
    }
    return taken
  }
  return {
    clock,
    engine,
    fallback,
    supply,
    changes,
    run,
    count(counter: CaptionCounter): number {
      for (const [name, by] of tally.take()?.counts ?? []) counts.set(name, (counts.get(name) ?? 0) + by)
      return counts.get(counter) ?? 0
    },
    /** Lets time pass, in steps in which what is due can happen. */
    async pass(milliseconds: number): Promise<void> {
      for (let passed = 0; passed < milliseconds; passed += 50) {
        clock.advance(50)
        await nextTurn()
        run()
      }
    },
    speaker(resumed?: ResumedStream) {
      const captions: LaneCaption[] = []
      const statuses: LaneStatus[] = []
      const recognition = new Recognition({
        supply,
        slots,
        language: 'en',
        turns,
        tally,
        clock,
        now,
        random: () => 0.5,
        bufferMs,
        resumed,
        onCaption: (caption) => captions.push(caption),
        onStatus: (status) => statuses.push(status),
      })
      return {
        recognition,
        captions,
        statuses,
        begin: async (startedAt = 0) => {
          recognition.begin(startedAt, startedAt)
          await nextTurn()
        },
        /** A chunk of sound for each word; '' is a chunk in which none is understood. */
        hear(...words: readonly string[]): void {
          for (const word of words) recognition.write({ pcm: soundOf(word), heardUntil: now(), readyAt: now() })
        },
        say(...words: readonly string[]): void {
          this.hear(...words)
          run()
        },
        end(): void {
          recognition.end()
          run()
        },
        get finals(): string[] {
          return captions.filter(({ final }) => final).map(({ text }) => text)
        },
        get told(): string[] {
          return statuses.map(({ status, reason }) => (reason === undefined ? status : `${status} ${reason}`))
        },
      }
    },
  }
}
