import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Engine, EngineFailure, EngineRequest, EngineStream } from '../../../media-node/captions/engine.ts'
import { EngineTurns } from '../../../media-node/captions/engine-turns.ts'
import type { LaneCaption, LaneStatus } from '../../../media-node/captions/lane-messages.ts'
import { LaneTally } from '../../../media-node/captions/lane-tally.ts'
import { Recognition, type TimedChunk } from '../../../media-node/captions/recognition.ts'
import { SettableClock } from '../shared/settable-clock.ts'

export function sound(): TimedChunk {
  return { pcm: new Int16Array(1_600), heardUntil: 50, readyAt: 60 }
}

/** Recognition by an engine that says what the test tells it to, and lets the test see what it was given. */
export function scripted() {
  const clock = new SettableClock()
  const tally = new LaneTally()
  const captions: LaneCaption[] = []
  const statuses: LaneStatus[] = []
  const tasks: (() => void)[] = []
  const writers: number[] = []
  const turns = new EngineTurns((task) => tasks.push(task))
  let text = ''
  let held: PromiseWithResolvers<void> | undefined
  let refusal: EngineFailure | undefined
  const seen = { open: 0, opened: 0, written: 0, finished: 0 }

  function stream({ onText }: EngineRequest): EngineStream {
    const number = seen.opened
    seen.open += 1
    seen.opened += 1
    return {
      queuedMs: 0,
      write: () => {
        seen.written += 1
        writers.push(number)
        if (text !== '') onText({ text, final: false })
      },
      finish: () => {
        seen.finished += 1
        onText({ text, final: true })
      },
      close: () => {
        seen.open -= 1
      },
    }
  }
  const engine: Engine = {
    recognisers: 0,
    supports: () => true,
    async open(request) {
      await held?.promise
      return refusal ?? stream(request)
    },
    close: () => undefined,
  }
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
    tally,
    captions,
    statuses,
    writers,
    run,
    get open() {
      return seen.open
    },
    get written() {
      return seen.written
    },
    get finished() {
      return seen.finished
    },
    speaker: () =>
      new Recognition({
        engine,
        language: 'en',
        turns,
        tally,
        clock,
        now: () => 0,
        onCaption: (caption) => captions.push(caption),
        onStatus: (status) => statuses.push(status),
      }),
    say(speaker: Recognition, said: string): void {
      text = said
      speaker.write(sound())
      run()
    },
    end(speaker: Recognition, said: string): void {
      text = ''
      speaker.write(sound())
      run()
      text = said
      speaker.end()
      run()
    },
    hold(): void {
      held = Promise.withResolvers()
    },
    async let(): Promise<void> {
      held?.resolve()
      await nextTurn()
    },
    refuseWith(kind: EngineFailure['kind'] | undefined): void {
      refusal = kind && { kind, detail: kind }
    },
  }
}
