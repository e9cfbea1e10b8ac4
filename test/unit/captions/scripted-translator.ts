import { setImmediate as nextTurn } from 'node:timers/promises'
import type {
  Translation,
  TranslationRequest,
  Translator,
} from '../../../media-node/captions/translation/translator.ts'

export type Asked = TranslationRequest & { answer(translation: Translation): Promise<void> }

/** A translator that answers when the test says so, and as the contract says once it is told to give up. */
export class ScriptedTranslator implements Translator {
  readonly asked: Asked[] = []
  readonly unsupported = new Set<string>()
  readonly #answered = new Set<TranslationRequest>()
  /** Goes on after it was told to give up. */
  stubborn = false
  /** Answers at once while it is set. */
  answers: ((request: TranslationRequest) => Translation) | undefined

  supports(_from: string, to: string): boolean {
    return !this.unsupported.has(to)
  }

  translate(request: TranslationRequest): Promise<Translation> {
    const { promise, resolve } = Promise.withResolvers<Translation>()
    const asked = {
      ...request,
      answer: async (translation: Translation) => {
        this.#answered.add(asked)
        resolve(translation)
        await nextTurn()
      },
    }
    this.asked.push(asked)
    request.signal.addEventListener('abort', () => {
      if (!this.stubborn) resolve({ kind: 'unreachable', detail: 'given up' })
    })
    if (this.answers !== undefined) resolve(this.answers(request))
    return promise
  }

  async close(): Promise<void> {}

  /** What was asked for and is still waited for. */
  get open(): Asked[] {
    return this.asked.filter((asked) => !asked.signal.aborted && !this.#answered.has(asked))
  }
}

export function inSpanish({ text }: Pick<TranslationRequest, 'text'>): Translation {
  return { text: `es: ${text}` }
}
