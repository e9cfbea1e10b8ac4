import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type {
  Translation,
  TranslationFailure,
  Translator,
} from '../../../media-node/captions/translation/translator.ts'

export type TranslatorUnderTest = {
  readonly create: () => Promise<Translator>
  /** Whatever translates does not answer until it is told to again. */
  readonly hang: () => Promise<void>
  readonly recover: () => Promise<void>
}

/** What every translator must do, whatever translates behind it. */
export function translatorContract({ create, hang, recover }: TranslatorUnderTest): void {
  let translator: Translator
  before(async () => {
    translator = await create()
  })
  after(() => translator.close())

  const translate = (text: string, to = 'es', signal = new AbortController().signal): Promise<Translation> =>
    translator.translate({ text, from: 'en', to, signal })

  test('[G110] a sentence is translated into the known words, in both directions and for regions', async () => {
    assert.equal(translator.supports('en-GB', 'es-MX'), true)
    assert.deepEqual(await translate('the house is big'), { text: 'la casa es grande' })
    const back = { text: 'la casa es grande', from: 'es-MX', to: 'en-GB', signal: new AbortController().signal }
    assert.deepEqual(await translator.translate(back), { text: 'the house is big' })
  })

  test('[G111] of many texts at once each gets its own answer', async () => {
    const numbers = Array.from({ length: 50 }, (_, index) => index + 100)
    const answers = await Promise.all(numbers.map((number) => translate(`the house ${number} is big`)))
    assert.deepEqual(
      answers,
      numbers.map((number) => ({ text: `la casa ${number} es grande` })),
    )
  })

  test('[G112] a pair that is not known is said to be unsupported, and a translation into the same language too', async () => {
    for (const to of ['fr', 'en-GB', 'tlh']) assert.equal(kindOf(await translate('the house', to)), 'pair_unsupported')
    assert.equal(translator.supports('en', 'tlh'), false)
  })

  test('[G113] giving up settles at once as unreachable, before and after asking, and the next text is translated', async () => {
    assert.equal(kindOf(await translate('the house', 'es', AbortSignal.abort())), 'unreachable')
    await hang()
    const controller = new AbortController()
    const answer = translate('The house hangs.', 'es', controller.signal)
    controller.abort()
    assert.equal(kindOf(await answer), 'unreachable')
    await recover()
    assert.deepEqual(await translate('The dog.'), { text: 'El perro.' })
  })

  test('[G114] odd signs come back and break nothing', async () => {
    for (const signs of [
      '^[]{}$',
      '/\\@<>~',
      '*#+&_|',
      '😀👩‍👧',
      'שלום',
      '"quotes"',
      '\ud83d',
      '\u0000\u0007\n',
      'x^',
    ]) {
      const answer = await translate(`The house ${signs}`)
      assert.ok('text' in answer && answer.text.startsWith('La casa'), JSON.stringify([signs, answer]))
      if (/^[ -~]+$/.test(signs) && !/[a-z]/.test(signs)) assert.ok(answer.text.endsWith(signs), answer.text)
    }
    assert.deepEqual(await translate('The dog.'), { text: 'El perro.' })
  })

  test('[G114] what has no words stays as it is', async () => {
    for (const text of ['', ' ', '12:30', '…?']) assert.deepEqual(await translate(text), { text })
  })

  test('[G115] a text of 4096 characters is translated whole, and one without measure is refused as overloaded', async () => {
    const answer = await translate('the house is big and '.repeat(195).padEnd(4_096, '.'))
    assert.ok('text' in answer)
    assert.equal(answer.text.match(/casa es grande/g)?.length, 195)
    assert.equal(kindOf(await translate('the house '.repeat(100_000))), 'overloaded')
  })
}

export function kindOf(answer: Translation): TranslationFailure['kind'] | undefined {
  return 'kind' in answer ? answer.kind : undefined
}
