import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  type Engine,
  type EngineFailure,
  type EngineStream,
  isFailure,
  type RecognisedText,
} from '../../../media-node/captions/engine.ts'
import { synthesise } from '../../speech/synthesise.ts'
import { readWav } from '../../speech/wav.ts'
import { wordErrorRate } from '../../speech/word-error-rate.ts'

export type EngineUnderTest = {
  /** An engine that may have two streams at once. */
  readonly create: () => Promise<Engine>
  readonly language: string
  readonly unsupportedLanguage: string
}

const SENTENCES = [
  'we will meet again tomorrow morning at the station',
  'the weather is going to be cold and windy today',
]
const CHUNK_SAMPLES = 1_600

/** What every engine must do, whatever recognises the speech in it. */
export function engineContract({ create, language, unsupportedLanguage }: EngineUnderTest): void {
  let engine: Engine
  let spoken: Int16Array[] = []

  before(async () => {
    engine = await create()
    spoken = await Promise.all(SENTENCES.map(speech))
  })
  after(() => engine.close())

  test('[G30] each utterance is answered by a growing text and then one final one, with the right words', async () => {
    const { stream, texts } = await opened()
    for (const [index, pcm] of spoken.entries()) {
      write(stream, pcm)
      stream.finish()
      const partials = texts.splice(0)
      const last = partials.pop()
      assert.ok(partials.length >= 3 && partials.every(({ final }) => !final))
      assert.ok(last?.final)
      assert.ok(wordErrorRate(SENTENCES[index] ?? '', last.text) <= 0.2)
    }
    stream.close()
  })

  test('[G30] a text is only told when it has changed', async () => {
    const { stream, texts } = await opened()
    write(stream, spoken[0] ?? assert.fail())
    assert.ok(texts.every(({ text }, index) => text !== texts[index - 1]?.text))
    stream.close()
  })

  test('[G31] an utterance of silence ends too, and one without sound says nothing', async () => {
    const { stream, texts } = await opened()
    stream.finish()
    assert.deepEqual(texts, [])
    write(stream, new Int16Array(CHUNK_SAMPLES))
    stream.finish()
    assert.equal(texts.filter(({ final }) => final).length, 1)
    stream.close()
  })

  test('[G32] streams do not hear one another', async () => {
    const [one, other] = [await opened(), await opened()]
    const [first, second] = spoken
    assert.ok(first && second)
    for (let offset = 0; offset < Math.max(first.length, second.length); offset += CHUNK_SAMPLES) {
      write(one.stream, first.subarray(offset, offset + CHUNK_SAMPLES))
      write(other.stream, second.subarray(offset, offset + CHUNK_SAMPLES))
    }
    for (const [index, { stream, texts }] of [one, other].entries()) {
      stream.finish()
      assert.ok(wordErrorRate(SENTENCES[index] ?? '', texts.at(-1)?.text ?? '') <= 0.2)
      stream.close()
    }
  })

  test('[G33] a closed stream says nothing more and frees its recogniser, and closing twice is closing once', async () => {
    const { stream, texts } = await opened()
    assert.equal(engine.recognisers, 1)
    write(stream, (spoken[0] ?? assert.fail()).subarray(0, 10 * CHUNK_SAMPLES))
    texts.length = 0
    stream.close()
    stream.close()
    write(stream, spoken[0] ?? assert.fail())
    stream.finish()
    assert.deepEqual(texts, [])
    assert.equal(engine.recognisers, 0)
  })

  test('[G34] one stream too many is refused as overloaded, and taken once another has closed', async () => {
    const open = [await opened(), await opened()]
    assert.equal((await refused(language)).kind, 'overloaded')
    open[0]?.stream.close()
    open[0] = await opened()
    for (const { stream } of open) stream.close()
  })

  test('[G35] a language it has no model for is refused as such', async () => {
    assert.ok(engine.supports(language) && !engine.supports(unsupportedLanguage))
    assert.equal((await refused(unsupportedLanguage)).kind, 'language_unsupported')
  })

  async function opened(): Promise<{ stream: EngineStream; texts: RecognisedText[] }> {
    const texts: RecognisedText[] = []
    const stream = await engine.open({
      language,
      onText: (text) => texts.push(text),
      onFailure: ({ detail }) => assert.fail(detail),
    })
    if (isFailure(stream)) assert.fail(stream.detail)
    return { stream, texts }
  }

  async function refused(language: string): Promise<EngineFailure> {
    const answer = await engine.open({
      language,
      onText: ({ text }) => assert.fail(text),
      onFailure: ({ detail }) => assert.fail(detail),
    })
    return isFailure(answer) ? answer : assert.fail('it opened')
  }
}

function write(stream: EngineStream, pcm: Int16Array): void {
  for (let offset = 0; offset < pcm.length; offset += CHUNK_SAMPLES) {
    stream.write(pcm.subarray(offset, offset + CHUNK_SAMPLES))
  }
}

/** A sentence in 16 kHz, a third of what was synthesised; the voice has nothing above 8 kHz. */
async function speech(sentence: string): Promise<Int16Array> {
  const pcm = await readWav(await synthesise(sentence, { voice: 'rms', before: 0.3, after: 0.3 }))
  return pcm.filter((_, index) => index % 3 === 0)
}
