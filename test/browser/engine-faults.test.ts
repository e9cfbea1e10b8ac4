import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Child, startChild } from '../../dev/child.ts'
import { freePort } from '../../dev/free-port.ts'
import { silence } from '../speech/synthesise.ts'
import { missingWords, wordErrorRate } from '../speech/word-error-rate.ts'
import { type Microphone, speakingMicrophone } from './microphone.ts'
import { Person } from './person.ts'
import { startTestProduct, type TestProduct } from './test-product.ts'

const SERVER = join(import.meta.dirname, '../speech-servers/vosk-process.ts')
const SENTENCES = ['please call the doctor before noon tomorrow', 'we will meet again next week in the main office']
const GAP_SECONDS = 2.5
const MAX_WORD_ERROR_RATE = 0.3
/** In one sentence: two words heard as one leave one out. */
const MAX_MISSING_WORDS = 1
/** Much more than a fault hides, so that a picture that stands still is noticed. */
const FRAMES = 40
const PATIENCE_MS = 60_000

let port: number
let engine: Child
let product: TestProduct
let speech: Microphone
let speaker: Person
let reader: Person

before(async () => {
  speech = await speakingMicrophone(
    SENTENCES.map((text) => ({ text, voice: 'rms' as const })),
    GAP_SECONDS,
  )
  port = await freePort()
  engine = await startEngine()
  product = await startTestProduct({ STT_ENGINE: 'vosk', VOSK_URL: `ws://127.0.0.1:${port}` })
  speaker = await Person.open({ name: 'Ana', microphone: speech.file })
  reader = await Person.open({ name: 'Ben', microphone: await silence() })
  await Promise.all([speaker.join(product.url, 'faults'), reader.join(product.url, 'faults')])
  await reader.seesOthers(1)
  await reader.listen()
  await reader.turnCaptions('on')
})
after(async () => {
  await Promise.all([speaker?.close(), reader?.close()])
  await product?.stop()
  engine?.kill()
})

type Fault = { readonly begin: () => Promise<void>; readonly end: () => Promise<void> }

const faults: Readonly<Record<string, Fault>> = {
  'is killed': {
    async begin() {
      engine.kill()
      await engine.exited
    },
    async end() {
      engine = await startEngine()
    },
  },
  hangs: { begin: () => signal('SIGSTOP'), end: () => signal('SIGCONT') },
  'is slower than speech': { begin: () => signal('SIGUSR2'), end: () => signal('SIGUSR2') },
}

for (const [happens, fault] of Object.entries(faults)) {
  test(`[F11] when the engine ${happens} in mid-sentence the call goes on, readers are told, and no word is missing`, async () => {
    const read = await finals()
    await midSentence()
    await fault.begin()

    await reader.page
      .getByText(/speech recognition/)
      .first()
      .waitFor({ timeout: PATIENCE_MS })
    const heard = (await reader.heard()).length
    assert.notEqual(await reader.pictureOfOthers(), await reader.pictureAfterFrames(FRAMES))
    assert.ok((await reader.heard()).length > heard, 'the sound goes on')
    await fault.end()

    await reader.page
      .getByText(/speech recognition/)
      .first()
      .waitFor({ state: 'hidden', timeout: PATIENCE_MS })
    await midSentence()
    assertNothingMissing((await finals()).slice(read.length))
  })
}

/**
 * Each sentence once, in turn, from whichever was being said. The recogniser mishears words of a sentence that it was given
 * in two parts; what it was never given leaves a hole.
 */
function assertNothingMissing(read: readonly string[]): void {
  const first = SENTENCES.indexOf(closestSentence(read[0] ?? ''))
  const said = read.map((_, index) => SENTENCES[(first + index) % SENTENCES.length] ?? '')
  const rate = wordErrorRate(said.join(' '), read.join(' '))
  const holes = Math.max(...said.map((sentence, index) => missingWords(sentence, read[index] ?? '')))
  const seen = `word error rate ${rate.toFixed(2)}, ${holes} words missing in a sentence: ${read.join(' | ')}`
  assert.ok(read.length >= 2 && rate <= MAX_WORD_ERROR_RATE && holes <= MAX_MISSING_WORDS, seen)
}

function closestSentence(text: string): string {
  return SENTENCES.reduce((best, each) => (wordErrorRate(each, text) < wordErrorRate(best, text) ? each : best))
}

/** Resolves while a sentence is being said of which a part is shown. */
async function midSentence(): Promise<void> {
  const shown = (await reader.captions()).length
  await reader.page.waitForFunction(
    (before) => {
      const partials = window.instruments.captions.slice(before).filter(({ final }) => !final)
      return (partials.at(-1)?.text.split(' ').length ?? 0) >= 3
    },
    shown,
    { timeout: PATIENCE_MS },
  )
}

async function finals(): Promise<string[]> {
  return (await reader.captions()).filter(({ final }) => final).map(({ text }) => text)
}

function startEngine(): Promise<Child> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const starting = startChild({ name: 'vosk', command: [process.execPath, SERVER, `${port}`], onLine: () => resolve() })
  return starting.then(async (child) => {
    await Promise.race([promise, child.exited])
    return child
  })
}

async function signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGUSR2'): Promise<void> {
  process.kill(engine.pid, name)
}
