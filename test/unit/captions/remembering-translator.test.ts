import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RememberingTranslator } from '../../../media-node/captions/translation/remembering-translator.ts'
import type {
  Translation,
  TranslationRequest,
  Translator,
} from '../../../media-node/captions/translation/translator.ts'

class ScriptedTranslator implements Translator {
  readonly asked: { readonly request: TranslationRequest; readonly answer: (translation: Translation) => void }[] = []
  supports = () => true
  translate(request: TranslationRequest): Promise<Translation> {
    return new Promise((answer) => this.asked.push({ request, answer }))
  }
  async close(): Promise<void> {}
}

const FAILED: Translation = { kind: 'overloaded', detail: 'no' }

function scripted() {
  const behind = new ScriptedTranslator()
  const translator = new RememberingTranslator(behind)
  const ask = (text: string, signal = new AbortController().signal, to = 'es') =>
    translator.translate({ text, from: 'en', to, signal })
  return { behind, ask }
}

test('[G121] what several ask at once is translated once, and remembered', async () => {
  const { behind, ask } = scripted()
  const answers = [ask('house'), ask('house'), ask('house', undefined, 'fr')]
  assert.equal(behind.asked.length, 2)
  behind.asked[0]?.answer({ text: 'casa' })
  behind.asked[1]?.answer({ text: 'maison' })
  assert.deepEqual(await Promise.all(answers), [{ text: 'casa' }, { text: 'casa' }, { text: 'maison' }])
  assert.deepEqual(await ask('house'), { text: 'casa' })
  assert.equal(behind.asked.length, 2)
})

test('[G121] a failure is told to all who asked, and not remembered', async () => {
  const { behind, ask } = scripted()
  const answers = [ask('house'), ask('house')]
  behind.asked[0]?.answer(FAILED)
  assert.deepEqual(await Promise.all(answers), [FAILED, FAILED])
  ask('house')
  assert.equal(behind.asked.length, 2)
})

test('[G121] who gives up leaves the others their answer, and the last one to do so ends it', async () => {
  const { behind, ask } = scripted()
  const [one, other] = [new AbortController(), new AbortController()]
  const answers = [ask('house', one.signal), ask('house', other.signal)]
  one.abort()
  assert.equal(behind.asked[0]?.request.signal.aborted, false)
  other.abort()
  assert.equal(behind.asked[0]?.request.signal.aborted, true)
  assert.ok((await Promise.all(answers)).every((answer) => 'kind' in answer && answer.kind === 'unreachable'))
  ask('house')
  assert.equal(behind.asked.length, 2)
})

test('[G121] what is remembered is bounded in number and in characters, and the oldest is forgotten first', async () => {
  for (const { texts, length } of [
    { texts: 2_001, length: 1 },
    { texts: 60, length: 9_000 },
  ]) {
    const { behind, ask } = scripted()
    const askNow = async (index: number) => {
      const answer = ask(`${index} `.padEnd(length, '.'))
      behind.asked.at(-1)?.answer({ text: 'casa' })
      await answer
    }
    for (let index = 0; index < texts; index += 1) await askNow(index)
    await askNow(texts - 1)
    assert.equal(behind.asked.length, texts)
    await askNow(0)
    assert.equal(behind.asked.length, texts + 1)
  }
})
