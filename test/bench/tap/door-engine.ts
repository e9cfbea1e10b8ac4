import type { Engine, EngineRequest, EngineStream } from '../../../media-node/captions/engine.ts'
import { monotonicMs } from '../../../media-node/captions/monotonic-clock.ts'
import { type DoorLog, pcmHash } from './door-log.ts'

/** An engine of unlimited speed: it notes what comes to its door, and understands nothing. */
export class DoorEngine implements Engine {
  readonly #log: DoorLog
  #streams = 0

  constructor(log: DoorLog) {
    this.#log = log
  }

  get recognisers(): number {
    return this.#streams
  }

  supports(): boolean {
    return true
  }

  async open({ language, onText }: EngineRequest): Promise<EngineStream> {
    const stream = streamOf(language)
    let utterance = 0
    let open = true
    this.#streams += 1
    return {
      queuedMs: 0,
      write: (pcm) => {
        const at = monotonicMs()
        this.#log.add({ stream, utterance, samples: pcm.length, hash: pcmHash(pcm), at })
      },
      finish: () => {
        utterance += 1
        onText({ text: '', final: true })
      },
      close: () => {
        if (open) this.#streams -= 1
        open = false
      },
    }
  }

  close(): void {}
}

/** An engine is told a language and nothing else, so the language says which stream it is (RFC 5646 §2.2.7: private use). */
export function languageOf(stream: number): string {
  return `en-x-${stream}`
}

function streamOf(language: string): number {
  return Number(language.slice('en-x-'.length))
}
