import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Engine, type EngineFailure, type EngineStream, isFailure } from '../../../media-node/captions/engine.ts'
import { wordErrorRate } from '../../speech/word-error-rate.ts'
import { openStream } from './listener.ts'
import { speechPcm } from './speech-pcm.ts'

export type EngineUnderTest = {
  /** An engine that may have two streams at once. */
  readonly create: () => Promise<Engine>
  readonly language: string
  readonly unsupportedLanguage: string
  /** False for one that says nothing before the final text. */
  readonly partials?: boolean
}

const SENTENCES = [
  'we will meet again tomorrow morning at the station',
  'the weather is going to be cold and windy today',
]
const CHUNK_SAMPLES = 1_600
const MOMENT_SAMPLES = 320

/** What every engine must do, whatever recognises the speech in it, and wherever that is. */
export function engineContract({ create, language, unsupportedLanguage, partials = true }: EngineUnderTest): void {
  let engine: Engine
  let spoken: Int16Array[] = []

  before(async () => {
    engine = await create()
    spoken = await Promise.all(SENTENCES.map((sentence) => speechPcm(sentence)))
  })
  after(() => engine.close())

  test('[G30] each utterance is answered by a growing text and then one final one, with the right words', async () => {
    const { stream, heard } = await opened()
    for (const [index, pcm] of spoken.entries()) {
      const said = heard.texts.length
      await writeInPace(stream, pcm)
      stream.finish()
      await heard.untilFinals(index + 1)
      const texts = heard.texts.slice(said)
      const last = texts.pop()
      assert.ok(texts.length >= (partials ? 3 : 0) && texts.every(({ final }) => !final))
      assertSaid(index, last?.text)
    }
    stream.close()
  })

  test('[G30] a text is only told when it has changed', async () => {
    const { stream, heard } = await opened()
    await writeInPace(stream, spoken[0] ?? assert.fail())
    stream.finish()
    await heard.untilFinals(1)
    const shown = heard.texts.filter(({ final }) => !final)
    assert.ok(shown.every(({ text }, index) => text !== shown[index - 1]?.text))
    stream.close()
  })

  test('[G31] a moment of silence ends as an utterance too, and one without sound says nothing', async () => {
    const { stream, heard } = await opened()
    stream.finish()
    write(stream, new Int16Array(MOMENT_SAMPLES))
    stream.finish()
    write(stream, spoken[0] ?? assert.fail())
    stream.finish()
    await heard.untilFinals(2)
    assert.equal(wordErrorRate('', heard.finals[0] ?? ''), 0)
    assertSaid(0, heard.finals[1])
    stream.close()
  })

  test('[G80] utterances that are written without waiting are answered in order, one final text each', async () => {
    const { stream, heard } = await opened()
    for (const pcm of spoken) {
      write(stream, pcm)
      stream.finish()
    }
    await heard.untilFinals(2)
    assert.equal(heard.finals.length, 2)
    for (const index of spoken.keys()) assertSaid(index, heard.finals[index])
    assert.equal(stream.queuedMs, 0)
    stream.close()
  })

  test('[G32] streams do not hear one another', async () => {
    const both = [await opened(), await opened()]
    const [first, second] = spoken
    assert.ok(first && second)
    for (let offset = 0; offset < Math.max(first.length, second.length); offset += CHUNK_SAMPLES) {
      for (const [index, { stream }] of both.entries()) {
        write(stream, spoken[index]?.subarray(offset, offset + CHUNK_SAMPLES) ?? assert.fail())
      }
    }
    for (const [index, { stream, heard }] of both.entries()) {
      stream.finish()
      await heard.untilFinals(1)
      assertSaid(index, heard.finals[0])
      stream.close()
    }
  })

  test('[G33] a closed stream says nothing more and frees its recogniser, and closing twice is closing once', async () => {
    const { stream, heard } = await opened()
    assert.equal(engine.recognisers, 1)
    write(stream, (spoken[0] ?? assert.fail()).subarray(0, 10 * CHUNK_SAMPLES))
    heard.texts.length = 0
    stream.close()
    stream.close()
    write(stream, spoken[0] ?? assert.fail())
    stream.finish()
    assert.equal(engine.recognisers, 0)
    const later = await opened()
    write(later.stream, new Int16Array(CHUNK_SAMPLES))
    later.stream.finish()
    await later.heard.untilFinals(1)
    later.stream.close()
    assert.deepEqual([heard.texts, heard.failures], [[], []])
  })

  test('[G34] one stream too many is refused as overloaded, and taken once another has closed', async () => {
    const open = [await opened(), await opened()]
    assert.equal((await refused(language)).kind, 'overloaded')
    open[0]?.stream.close()
    open[0] = await opened()
    for (const { stream } of open) stream.close()
  })

  test('[G35] a language it has no model for is refused as such', async () => {
    assert.ok(engine.supports(language))
    assert.equal((await refused(unsupportedLanguage)).kind, 'language_unsupported')
    assert.equal(engine.recognisers, 0)
  })

  const opened = () => openStream(engine, language)

  async function refused(language: string): Promise<EngineFailure> {
    const answer = await engine.open({
      language,
      onText: ({ text }) => assert.fail(text),
      onFailure: ({ detail }) => assert.fail(detail),
    })
    return isFailure(answer) ? answer : assert.fail('it opened')
  }
}

function assertSaid(index: number, text: string | undefined): void {
  assert.ok(wordErrorRate(SENTENCES[index] ?? '', text ?? '') <= 0.2, text)
}

function write(stream: EngineStream, pcm: Int16Array): void {
  for (let offset = 0; offset < pcm.length; offset += CHUNK_SAMPLES) {
    stream.write(pcm.subarray(offset, offset + CHUNK_SAMPLES))
  }
}

/** Chunk by chunk, each when the one before it has left. */
async function writeInPace(stream: EngineStream, pcm: Int16Array): Promise<void> {
  for (let offset = 0; offset < pcm.length; offset += CHUNK_SAMPLES) {
    stream.write(pcm.subarray(offset, offset + CHUNK_SAMPLES))
    while (stream.queuedMs > 0) await nextTurn()
  }
}

/** A sentence in 16 kHz, a third of what was synthesised; the voice has nothing above 8 kHz. */
