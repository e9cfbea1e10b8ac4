import { type Engine, isFailure } from '../../media-node/captions/engine.ts'
import { PocketSphinxEngine } from '../../media-node/captions/engines/pocketsphinx.ts'

/** One stretch of speech on its way through what a speech server recognises with. */
export type Hearing = {
  /** 16 kHz mono; the text so far. */
  hear(pcm: Int16Array): string
  /** The text of all that was heard. */
  end(): string
  /** Gives up what is under way. */
  close(): void
}

/** What recognises speech behind a speech server. */
export type Ears = { listen(): Promise<Hearing>; close(): void }

/** Real recognition, for up to `maxHearings` at once. */
export async function pocketSphinxEars(maxHearings: number): Promise<Ears> {
  const engine = await PocketSphinxEngine.create({ modelPath: '/usr/share/pocketsphinx/model' }, maxHearings)
  return { listen: () => hearingOf(engine), close: () => engine.close() }
}

const NUMBERS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

/**
 * Hears a word in every 100 ms of sound, whatever is said: `one`, `one two`, `one two three`. As engines do, it puts a space
 * between any two of its words, whatever their language.
 */
export function countingEars(words: readonly string[] = NUMBERS): Ears {
  return {
    async listen() {
      let samples = 0
      const text = () => words.slice(0, Math.floor(samples / 1_600)).join(' ')
      return {
        hear(pcm) {
          samples += pcm.length
          return text()
        },
        end: text,
        close: () => undefined,
      }
    },
    close: () => undefined,
  }
}

async function hearingOf(engine: Engine): Promise<Hearing> {
  let heard = ''
  const stream = await engine.open({
    language: 'en',
    onText: ({ text }) => {
      heard = text
    },
    onFailure: ({ detail }) => {
      throw new Error(detail)
    },
  })
  if (isFailure(stream)) throw new Error(stream.detail)
  return {
    hear(pcm) {
      stream.write(pcm)
      return heard
    },
    end() {
      stream.finish()
      stream.close()
      return heard
    },
    close: () => stream.close(),
  }
}
