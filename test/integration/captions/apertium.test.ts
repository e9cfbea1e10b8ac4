import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ApertiumTranslator } from '../../../media-node/captions/translation/apertium-translator.ts'
import { SeededRandom } from '../../seeded-random.ts'
import { apertium } from '../../translation-servers/apertium-settings.ts'
import { SettableClock } from '../../unit/shared/settable-clock.ts'
import { eventually } from './eventually.ts'
import { descendants, type Process } from './processes.ts'
import { kindOf, translatorContract } from './translator-contract.ts'

const A_MINUTE_MS = 60_000
const AN_HOUR_MS = 3_600_000
const TEXTS = 2_000
/** Seconds of hanging would not show by themselves. */
const contractClock = new SettableClock()

translatorContract({
  create: () => ApertiumTranslator.create(apertium, contractClock),
  hang: async () => signalPrograms('lrx-proc', 'SIGSTOP'),
  recover: async () => contractClock.advance(A_MINUTE_MS),
})

function signalPrograms(name: string, signal: NodeJS.Signals, among = descendants()): void {
  const programs = among.filter((program) => program.name === name)
  assert.ok(programs.length > 0)
  for (const { pid } of programs) process.kill(pid, signal)
}

type Running = {
  readonly translator: ApertiumTranslator
  readonly clock: SettableClock
  /** The processes that this translator started. */
  readonly programs: () => readonly Process[]
}

async function withApertium(work: (running: Running) => Promise<void>, settings = apertium): Promise<void> {
  const clock = new SettableClock()
  const translator = await ApertiumTranslator.create(settings, clock)
  const others = new Set(descendants().map(({ pid }) => pid))
  const programs = () => descendants().filter(({ pid }) => !others.has(pid))
  await work({ translator, clock, programs }).finally(() => translator.close())
  assert.deepEqual(programs(), [])
}

const request = (text = 'The house is big.', from = 'en', to = 'es') => ({
  text,
  from,
  to,
  signal: new AbortController().signal,
})

test(`[G114] texts of all kinds of signs each get their own answer from the same processes`, () =>
  withApertium(async ({ translator, programs }) => {
    await translator.translate(request('the house'))
    const atFirst = programs().map(({ pid }) => pid)
    const random = new SeededRandom(2026)
    for (let index = 0; index < TEXTS; index += 1) {
      const text = `house ${10_000 + index} ${oddText(random)}`
      const answer = await translator.translate(request(text))
      assert.ok('text' in answer, JSON.stringify([text, answer]))
      assert.ok(answer.text.includes(`${10_000 + index}`), JSON.stringify([text, answer]))
    }
    const left = new Set(programs().map(({ pid }) => pid))
    assert.deepEqual(
      atFirst.filter((pid) => !left.has(pid)),
      [],
    )
  }))

const SIGNS = [
  "the House it's a dog and Tuesday i am",
  '^$/[]{}\\@<>~*#+_&|=`',
  '\0\n\r\t\u0001\u001b\u007f\u0085\u2028\ufeff\uffff\ufffe\ue000\ue05e',
  '😀👨‍👩‍👧🏽\u{1F1EA}\u{10FFFF}',
  'שלום مرحبا 日本語 한국',
  '\u202e\u200f\u200d\u00ad\u200b',
  'éñßİıﬁ',
  '\ud800\udc00\udfff',
  '.,;:!?¿¡-—"()%€',
]

function oddText(random: SeededRandom): string {
  const length = random.below(60)
  return Array.from({ length }, () => {
    const units = (SIGNS[random.below(SIGNS.length)] ?? '').split('')
    return units[random.below(units.length)]
  }).join('')
}

test('[G117] when a process of Apertium is killed the text under way is unreachable, and the next starts it anew', () =>
  withApertium(async ({ translator, programs }) => {
    for (const name of ['lt-proc', 'lrx-proc', 'apertium-tagger']) {
      assert.deepEqual(await translator.translate(request()), { text: 'La casa es grande.' })
      signalPrograms(name, 'SIGSTOP', programs())
      const answer = translator.translate(request())
      signalPrograms(name, 'SIGKILL', programs())
      assert.equal(kindOf(await answer), 'unreachable')
    }
    assert.deepEqual(await translator.translate(request()), { text: 'La casa es grande.' })
  }))

test('[G117] an Apertium that hangs is ended at the deadline, and those who wait in line are answered by the next', () =>
  withApertium(async ({ translator, clock, programs }) => {
    await translator.translate(request())
    const first = programs().map(({ pid }) => pid)
    signalPrograms('apertium-transf', 'SIGSTOP', programs())
    const [stuck, next] = [translator.translate(request()), translator.translate(request('The dog.'))]
    clock.advance(A_MINUTE_MS)
    assert.equal(kindOf(await stuck), 'unreachable')
    assert.deepEqual(await next, { text: 'El perro.' })
    await eventually(() => assert.ok(programs().every(({ pid }) => !first.includes(pid))))
  }))

test('[G117] an Apertium that cannot run is unreachable, and not started again at once', async (t) => {
  const { ApertiumLine } = await import('../../../media-node/captions/translation/apertium-line.ts')
  const clock = new SettableClock()
  const folder = await mkdtemp(join(tmpdir(), 'jbcalling-apertium-'))
  t.after(() => rm(folder, { recursive: true }))
  const line = new ApertiumLine([{ program: 'lt-proc', args: ['-z', join(folder, 'absent.bin')] }], clock)
  t.after(() => line.close())
  const ask = () => line.ask('house', new AbortController().signal)
  assert.match(JSON.stringify(await ask()), /unreachable.*ended/)
  assert.match(JSON.stringify(await ask()), /unreachable.*failed to start/)
  clock.advance(A_MINUTE_MS)
  assert.match(JSON.stringify(await ask()), /unreachable.*ended/)
})

test('[G118] closing while texts are under way answers them and leaves no process', () =>
  withApertium(async ({ translator }) => {
    const answers = Array.from({ length: 10 }, (_, index) => translator.translate(request(`House ${index}.`)))
    await translator.close()
    assert.ok((await Promise.all(answers)).every((answer) => kindOf(answer) === 'unreachable'))
  }))

test('[G118] the environment of this process does not reach Apertium', () =>
  withApertium(async ({ translator, programs }) => {
    await translator.translate(request())
    for (const { pid } of programs()) {
      const names = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0').map((entry) => entry.split('=')[0])
      assert.deepEqual(
        names.filter((name) => name !== '' && !['PATH', 'LC_ALL', 'PWD', 'OLDPWD', '_', 'SHLVL'].includes(name ?? '')),
        [],
      )
    }
  }))

test('[G119] no more language pairs are loaded than may be: an idle one gives way, busy ones do not', () =>
  withApertium(
    async ({ translator, programs }) => {
      await translator.translate(request())
      const one = programs().length
      await translator.translate(request('La casa.', 'es', 'en'))
      await eventually(() => assert.ok(programs().length <= one))
      const busy = translator.translate(request('El perro.', 'es', 'en'))
      assert.equal(kindOf(await translator.translate(request())), 'overloaded')
      assert.deepEqual(await busy, { text: 'The dog.' })
    },
    { ...apertium, mostPairs: 1 },
  ))

test('[G119] a language pair that nobody uses is ended after a while, and started again when it is needed', () =>
  withApertium(async ({ translator, clock, programs }) => {
    await Promise.all([translator.translate(request()), translator.translate(request('The dog.'))])
    clock.advance(A_MINUTE_MS)
    await translator.translate(request('The cat.'))
    assert.ok(programs().length > 0)
    clock.advance(AN_HOUR_MS)
    await eventually(() => assert.equal(programs().length, 0))
    assert.deepEqual(await translator.translate(request()), { text: 'La casa es grande.' })
  }))

test('[G123] words get the capital without which Apertium does not know them, and the translation begins as the text', () =>
  withApertium(async ({ translator }) => {
    const said = {
      'i am happy': 'soy feliz',
      "i've seen it and i'll come": 'lo he visto y vendré',
      'he comes on tuesday': 'viene encima martes',
      'he says john is in london': 'dice que John es en Londres',
      'um uh': 'um uh',
      'The house': 'La casa',
    }
    for (const [text, translation] of Object.entries(said)) {
      assert.deepEqual(await translator.translate(request(text)), { text: translation })
    }
  }))

test('[G124] a line of texts for Apertium has an end, and beyond it is overloaded', () =>
  withApertium(async ({ translator }) => {
    const answers = await Promise.all(
      Array.from({ length: 80 }, (_, index) => translator.translate(request(`House ${index}.`))),
    )
    assert.equal(answers.filter((answer) => kindOf(answer) === 'overloaded').length, 15)
    assert.deepEqual(answers[64], { text: 'Casa 64.' })
  }))
