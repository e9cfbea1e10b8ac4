import assert from 'node:assert/strict'
import { after, mock, test } from 'node:test'
import { createEngine } from '../../../media-node/captions/create-engine.ts'
import { type Engine, type EngineFailure, type EngineStream, isFailure } from '../../../media-node/captions/engine.ts'
import { countingEars } from '../../speech-servers/hearing.ts'
import { startRealtimeServer } from '../../speech-servers/realtime-server.ts'
import { type RemoteEngine, remoteEngines, SECRET } from '../../speech-servers/remote-engines.ts'
import type { SpeechServer } from '../../speech-servers/speech-server.ts'
import { SettableClock } from '../../unit/shared/settable-clock.ts'
import { eventually } from './eventually.ts'
import { openStream } from './listener.ts'

const OPEN_DEADLINE_MS = 5_000
const ANSWER_DEADLINE_MS = 10_000
const WORDS = 'one two three four five six seven eight nine ten'

const written = [process.stdout, process.stderr].map((stream) => mock.method(stream, 'write'))
after(() => {
  const output = written.flatMap(({ mock: { calls } }) => calls.map((call) => String(call.arguments[0]))).join('')
  assert.ok(!output.includes(SECRET))
})

type Trial = { readonly engine: Engine; readonly server: SpeechServer; readonly clock: SettableClock }

for (const under of remoteEngines) {
  const { label, takesTurns, wrongTypes } = under

  test(`[G85] ${label}: where nobody listens the engine is unreachable`, async () => {
    const { engine, server } = await trial(under)
    await server.close()
    assert.equal((await refusal(engine)).kind, 'unreachable')
    engine.close()
  })

  test(`[G86] ${label}: a status says whether credentials are wrong, or it has too much to do, or is broken`, async () => {
    const tried = await trial(under)
    for (const [status, kind] of [
      [401, 'refused'],
      [403, 'refused'],
      [503, 'overloaded'],
      [500, label === 'amazon-transcribe' ? 'overloaded' : 'unreachable'],
    ] as const) {
      tried.server.faults.status = status
      assert.equal((await refusal(tried.engine)).kind, kind, `${status}`)
    }
    delete tried.server.faults.status
    await worksAndEnds(tried)
  })

  test(`[G87] ${label}: a server that takes the connection and never answers is given up at the deadline`, async () => {
    const tried = await trial(under)
    tried.server.faults.silent = true
    const opening = refusal(tried.engine)
    await eventually(() => assert.ok(tried.server.received.length > 0))
    // Time in which this process did not run is not the server's.
    const { waiting } = tried.clock
    tried.clock.hold(OPEN_DEADLINE_MS)
    assert.equal(tried.clock.waiting, waiting)
    tried.clock.advance(OPEN_DEADLINE_MS)
    assert.equal((await opening).kind, 'unreachable')
    await eventually(() => assert.equal(tried.server.connections, 0))
    delete tried.server.faults.silent
    await worksAndEnds(tried)
  })

  for (const [what, rubbish] of [
    ['noise', Buffer.from('\u0000\u0000\u0001\u0000\u00ff\u0000 noise')],
    ['broken JSON', '{"text": "one tw'],
    ['wrong types', wrongTypes],
    ['a huge message', JSON.stringify({ type: 'other', partial: 'x'.repeat(1_000_000), text: '', segments: [] })],
  ] as const) {
    test(`[G88] ${label}: ${what} instead of an answer makes it unreachable, once`, async () => {
      const tried = await trial(under)
      const { stream, heard } = await openStream(tried.engine, 'en')
      tried.server.faults.rubbish = rubbish
      say(stream, 12)
      assertTruthful(await heard.untilFailure(), 'unreachable')
      say(stream, 1)
      stream.close()
      delete tried.server.faults.rubbish
      await worksAndEnds(tried)
      assert.deepEqual([heard.failures.length, heard.finals], [1, []])
    })
  }

  test(`[G89] ${label}: a server that hangs up in the middle of a word is unreachable`, async () => {
    const tried = await trial(under)
    const { stream, heard } = await openStream(tried.engine, 'en')
    tried.server.faults.hangUpAfterMs = 500
    for (let chunk = 0; chunk < 12; chunk += 1) stream.write(sound())
    assertTruthful(await heard.untilFailure(), 'unreachable')
    delete tried.server.faults.hangUpAfterMs
    await worksAndEnds(tried)
    assert.deepEqual([heard.failures.length, heard.finals], [1, []])
  })

  test(`[G90] ${label}: what is answered late, and slower than it is spoken, is right all the same`, async () => {
    const tried = await trial(under)
    const { stream, heard } = await openStream(tried.engine, 'en')
    const late = Promise.withResolvers<void>()
    tried.server.faults.late = late.promise
    for (const chunks of [10, 2]) say(stream, chunks)
    if (takesTurns) assert.equal(stream.queuedMs, 1_100)
    late.resolve()
    await heard.untilFinals(2)
    assert.deepEqual(heard.finals, [WORDS, 'one two'])
    assert.equal(stream.queuedMs, 0)
    stream.close()
    await worksAndEnds(tried)
  })

  test(`[G91] ${label}: a server that no longer answers is given up, and what it says afterwards does not count`, async () => {
    const tried = await trial(under)
    const { stream, heard } = await openStream(tried.engine, 'en')
    const late = Promise.withResolvers<void>()
    tried.server.faults.late = late.promise
    say(stream, 12)
    tried.clock.advance(ANSWER_DEADLINE_MS)
    assertTruthful(await heard.untilFailure(), 'unreachable')
    late.resolve()
    await worksAndEnds(tried)
    assert.deepEqual([heard.failures.length, heard.texts], [1, []])
  })

  test(`[G92] ${label}: a stream that is closed while it speaks leaves no connection and no timer`, async () => {
    const tried = await trial(under)
    const { stream, heard } = await openStream(tried.engine, 'en')
    for (let chunk = 0; chunk < 5; chunk += 1) stream.write(sound())
    stream.close()
    await worksAndEnds(tried)
    assert.deepEqual([heard.failures, heard.texts], [[], []])
  })

  test(`[G99] ${label}: sound that it does not take piles up to a bound, and then it is overloaded`, async () => {
    const tried = await trial(under)
    const { stream, heard } = await openStream(tried.engine, 'en')
    let most = 0
    for (let seconds = 0; seconds < 3_600 && heard.failures.length === 0; seconds += 1) {
      stream.write(new Int16Array(16_000))
      most = Math.max(most, stream.queuedMs)
    }
    assertTruthful(await heard.untilFailure(), 'overloaded')
    assert.ok(most > 80_000 && most <= 90_000, `${most}`)
    assert.equal(stream.queuedMs, 0)
    await worksAndEnds(tried)
  })
}

test('[G93] openai-realtime: texts that come in another order are told in the order of the utterances', async () => {
  const start = () => startRealtimeServer(countingEars(), { shape: 'current', shuffled: true })
  const under = remoteEngines.find(({ label }) => label === 'openai-realtime (current)') ?? assert.fail()
  const { engine, server, clock } = await trial({ ...under, start })
  const { stream, heard } = await openStream(engine, 'en')
  for (const chunks of [3, 2]) say(stream, chunks)
  await heard.untilFinals(2)
  assert.deepEqual(heard.finals, ['one two three', 'one two'])
  stream.close()
  await ends({ engine, server, clock })
})

test('[G93] deepgram: silence is bridged by signs of life', async () => {
  const { engine, server, clock } = await trial(remoteEngines[1] ?? assert.fail())
  const { stream, heard } = await openStream(engine, 'en')
  clock.advance(5_000)
  clock.advance(5_000)
  say(stream, 3)
  await heard.untilFinals(1)
  assert.equal(server.received.filter((message) => message.includes('KeepAlive')).length, 2)
  stream.close()
  await ends({ engine, server, clock })
})

test('[G93] openai-realtime: a session is renewed between two utterances before the server ends it', async () => {
  const { engine, server, clock } = await trial(remoteEngines[3] ?? assert.fail())
  const { stream, heard } = await openStream(engine, 'en')
  for (const count of [1, 2, 3]) {
    say(stream, 3)
    await heard.untilFinals(count)
    if (count === 2) clock.advance(20 * 60_000)
  }
  assert.deepEqual(heard.finals, ['one two three', 'one two three', 'one two three'])
  assert.equal(server.received.filter((message) => message.includes('session.update')).length, 2)
  stream.close()
  await ends({ engine, server, clock })
})

async function trial({ start, settings }: Pick<RemoteEngine, 'start' | 'settings'>): Promise<Trial> {
  const server = await start(countingEars())
  const clock = new SettableClock()
  return { engine: await createEngine(settings(server.url), 2, clock), server, clock }
}

async function refusal(engine: Engine): Promise<EngineFailure> {
  const opened = await engine.open({
    language: 'en',
    onText: ({ text }) => assert.fail(text),
    onFailure: ({ detail }) => assert.fail(detail),
  })
  if (!isFailure(opened)) assert.fail('it opened')
  assertTruthful(opened, opened.kind)
  assert.equal(engine.recognisers, 0)
  return opened
}

/** A new stream on the same engine is answered, and in the end nothing is left. */
async function worksAndEnds(tried: Trial): Promise<void> {
  const { stream, heard } = await openStream(tried.engine, 'en')
  say(stream, 3)
  await heard.untilFinals(1)
  assert.equal(heard.finals[0], 'one two three')
  stream.close()
  await ends(tried)
}

async function ends({ engine, server, clock }: Trial): Promise<void> {
  assert.equal(engine.recognisers, 0)
  engine.close()
  await eventually(() => assert.deepEqual([server.connections, clock.waiting], [0, 0]))
  await server.close()
}

function say(stream: EngineStream, chunks: number): void {
  for (let chunk = 0; chunk < chunks; chunk += 1) stream.write(sound())
  stream.finish()
}

const sound = () => new Int16Array(1_600)

function assertTruthful({ kind, detail }: EngineFailure, expected: EngineFailure['kind']): void {
  assert.equal(kind, expected, detail)
  assert.ok(detail.length > 0 && detail.length <= 100)
  for (const hidden of [SECRET, '127.0.0.1', 'localhost', ' two']) assert.ok(!detail.includes(hidden), detail)
}
