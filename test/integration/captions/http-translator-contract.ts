import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Translator } from '../../../media-node/captions/translation/translator.ts'
import type { Clock } from '../../../shared/clock.ts'
import { type Dialect, type Misbehaviour, TranslationServer } from '../../translation-servers/translation-server.ts'
import { SettableClock } from '../../unit/shared/settable-clock.ts'
import { eventually } from './eventually.ts'
import { kindOf, translatorContract } from './translator-contract.ts'

export type HttpTranslatorUnderTest = {
  readonly dialect: Dialect
  readonly create: (url: string, clock: Clock) => Translator
}

const A_MINUTE_MS = 60_000
const MOST_AT_ONCE = 64

const MISBEHAVIOURS: ReadonlyArray<readonly [Misbehaviour, ReturnType<typeof kindOf>]> = [
  [401, 'refused'],
  [403, 'refused'],
  [429, 'overloaded'],
  [503, 'overloaded'],
  [500, 'unreachable'],
  [302, 'unreachable'],
  ['rubbish', 'unreachable'],
  ['something else', 'unreachable'],
  ['breaks off', 'unreachable'],
]

/** What every translator must do that asks a server, besides `translatorContract`. */
export function httpTranslatorContract({ dialect, create }: HttpTranslatorUnderTest): void {
  const starting = TranslationServer.start(dialect)
  let server: TranslationServer
  before(async () => {
    server = await starting
  })
  after(() => server.close())

  const use = async (clock: Clock, work: (translator: Translator) => Promise<void>) => {
    const translator = create(server.url, clock)
    await work(translator).finally(() => {
      server.misbehaviour = undefined
      return translator.close()
    })
  }
  const request = (text = 'the house is big') => ({ text, from: 'en', to: 'es', signal: new AbortController().signal })

  translatorContract({
    create: async () => {
      const { url } = await starting
      const translator = create(url, new SettableClock())
      for (const to of ['fr', 'tlh']) await translator.translate({ ...request(), to })
      await eventually(() => assert.equal(translator.supports('en', 'tlh'), false))
      return translator
    },
    hang: async () => {
      server.misbehaviour = 'hangs'
    },
    recover: async () => {
      server.misbehaviour = undefined
    },
  })

  for (const [misbehaviour, kind] of MISBEHAVIOURS) {
    test(`[G116] a server that answers ${misbehaviour} is ${kind}, nothing of it is told, and then all is well`, () =>
      use(new SettableClock(), async (translator) => {
        server.misbehaviour = misbehaviour
        const answer = await translator.translate(request())
        assert.equal(kindOf(answer), kind)
        assert.doesNotMatch(JSON.stringify(answer), /house|casa|127\.0|secret|fr is/)
        server.misbehaviour = undefined
        assert.deepEqual(await translator.translate(request()), { text: 'la casa es grande' })
      }))
  }

  test('[G116] where nobody listens, it is unreachable', async () => {
    const gone = await TranslationServer.start(dialect)
    const translator = create(gone.url, new SettableClock())
    await gone.close()
    assert.equal(kindOf(await translator.translate(request())), 'unreachable')
    await translator.close()
  })

  test('[G117] a server that is late or never done is given up at the deadline', async () => {
    for (const misbehaviour of ['hangs', 'never ends'] as const) {
      const clock = new SettableClock()
      await use(clock, async (translator) => {
        server.misbehaviour = misbehaviour
        const asked = server.nextRequest()
        const answer = translator.translate(request())
        await asked
        clock.advance(A_MINUTE_MS)
        assert.equal(kindOf(await answer), 'unreachable')
      })
    }
  })

  test('[G118] no connection is left after closing, whatever was under way', async () => {
    const alone = await TranslationServer.start(dialect)
    const translator = create(alone.url, new SettableClock())
    await translator.translate(request())
    alone.misbehaviour = 'hangs'
    const asked = alone.nextRequest()
    const answer = translator.translate(request())
    await asked
    assert.ok(alone.connections > 0)
    await translator.close()
    assert.equal(kindOf(await answer), 'unreachable')
    await eventually(() => assert.equal(alone.connections, 0))
    await alone.close()
  })

  test('[G124] beyond a bound of texts at once, it is overloaded', () =>
    use(new SettableClock(), async (translator) => {
      server.misbehaviour = 'hangs'
      const controller = new AbortController()
      const ask = (index: number) => translator.translate({ ...request(`house ${index}`), signal: controller.signal })
      const waiting = Array.from({ length: MOST_AT_ONCE }, (_, index) => ask(index))
      assert.equal(kindOf(await ask(MOST_AT_ONCE)), 'overloaded')
      controller.abort()
      assert.ok((await Promise.all(waiting)).every((answer) => kindOf(answer) === 'unreachable'))
    }))
}
