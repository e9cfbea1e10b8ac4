import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { READER_RETURN_MS } from '../../../media-node/captions/room-captions.ts'
import type { Caption } from '../../../shared/protocol/caption.ts'
import { reader, segmentsOf } from '../../integration/captions/reader.ts'
import { SeededRandom } from '../../seeded-random.ts'
import { CaptionRoom } from './caption-room.ts'
import { inSpanish } from './scripted-translator.ts'

const LANGUAGES = ['en', 'es', 'eo'] as const
const STEPS = 300

/** The newest revision of each segment, as a client keeps it. */
const newest = (captions: readonly Caption[]) =>
  new Map([...Map.groupBy(captions, ({ segmentId }) => segmentId)].map(([id, revisions]) => [id, revisions.at(-1)]))

/** People talk, translations come or fail or are late, and readers come and go, in an order made of the seed. */
class Evening {
  readonly random: SeededRandom
  readonly room = new CaptionRoom()
  readonly permanent = LANGUAGES.map((language) => reader(`permanent ${language}`, language))
  readonly revisions = new Map<number, { segment: number; revision: number }>()
  segments = 0

  constructor(seed: number) {
    this.random = new SeededRandom(seed)
    this.room.translator.unsupported.add('eo')
  }

  async step(): Promise<void> {
    const { random, room } = this
    const open = room.translator.open
    const chosen = open[random.below(open.length)]
    switch (random.below(5)) {
      case 0:
      case 4:
        await chosen?.answer(random.below(8) === 0 ? { kind: 'unreachable', detail: 'away' } : inSpanish(chosen))
        break
      case 1:
        room.clock.advance(random.below(600))
        await nextTurn()
        break
      default:
        this.speak(random.below(3))
    }
  }

  speak(speaker: number): void {
    const present = this.revisions.get(speaker) ?? { segment: this.segments++, revision: 0 }
    const final = this.random.below(5) === 0
    const { segment, revision } = present
    const text = `words ${segment} ${final ? Math.max(0, revision - this.random.below(2)) : revision}`
    this.room.say(`${segment}`, revision, text, { final, stream: this.room.streams[speaker] })
    if (final) this.revisions.delete(speaker)
    else this.revisions.set(speaker, { segment, revision: revision + 1 })
  }
}

/** All that a client was told, in the order in which it came. */
type Told = { readonly reading: ReturnType<typeof reader>; readonly captions: Caption[] }

function comeAndGo(room: CaptionRoom, { reading, captions }: Told, what: 'come' | 'go'): void {
  captions.push(...reading.captions.splice(0))
  if (what === 'come') reading.captions.push(...room.captions.addReader(reading))
  else room.captions.removeReader(reading.participantId)
}

test('[G139] who comes late or again ends up with what those have who were there all the time', async () => {
  let [translated, failed] = [0, 0]
  for (let seed = 1; seed <= 40; seed += 1) {
    const evening = new Evening(seed)
    const { room, permanent, random } = evening
    for (const reading of permanent) room.captions.addReader(reading)
    for (const name of ['a', 'b', 'c']) await room.speaker(name)
    const late = LANGUAGES.map((language) => ({ reading: reader(`late ${language}`, language), captions: [] }))
    const comes = random.below(STEPS)
    const goes = comes + 1 + random.below(20)
    const comesAgain = goes + 1 + random.below(20)
    for (let step = 0; step < STEPS + 40; step += 1) {
      if (step === comes || step === comesAgain) for (const told of late) comeAndGo(room, told, 'come')
      if (step === goes) for (const told of late) comeAndGo(room, told, 'go')
      await evening.step()
    }
    room.clock.advance(2_000)
    await nextTurn()
    translated += room.counts.get('translations') ?? 0
    failed += room.counts.get('translations_failed') ?? 0
    for (const [index, told] of late.entries()) {
      const all = permanent[index]?.captions ?? []
      assertSame(newest([...told.captions, ...told.reading.captions]), newest(all), `seed ${seed}`)
      for (const captions of [all, told.reading.captions])
        assert.ok(
          segmentsOf(captions).every(({ growing }) => growing),
          `seed ${seed}`,
        )
    }
  }
  assert.ok(translated > 500 && failed > 50, 'or else the evenings were too quiet')
})

/** But for a translation that came when those who were there had been told the text without one. */
function assertSame(actual: ReturnType<typeof newest>, expected: ReturnType<typeof newest>, seed: string): void {
  assert.deepEqual([...actual.keys()].sort(), [...expected.keys()].sort(), seed)
  for (const [segmentId, caption] of expected) {
    const { translations, ...seen } = actual.get(segmentId) ?? assert.fail(segmentId)
    const same = caption?.translations === undefined ? seen : { ...seen, translations }
    assert.deepEqual(same, caption, `${seed}, segment ${segmentId}`)
  }
}

test('[G150] what is said while the only reader connects again is not missing', async () => {
  const room = new CaptionRoom()
  const before = reader('ana')
  room.captions.addReader(before)
  await room.speaker('ben')
  room.say('one', 0, 'we will')
  room.captions.loseReader('ana')
  room.say('one', 1, 'we will meet', { final: true })
  room.clock.advance(READER_RETURN_MS - 1)
  room.say('two', 0, 'tomorrow', { final: true })
  const shown = room.captions.addReader(reader('ana'))
  assert.deepEqual(
    shown.map(({ text }) => text),
    ['we will meet', 'tomorrow'],
  )
  assert.deepEqual([before.captions.length, room.taps, room.active], [1, 1, [true]])
  room.clock.advance(READER_RETURN_MS)
  assert.equal(room.taps, 1, 'who came back is waited for no more')
})

test('[G150] who does not come back in time is gone, and who never read is not waited for', async () => {
  const room = new CaptionRoom()
  room.captions.addReader(reader('ana'))
  await room.speaker('ben')
  room.captions.loseReader('ben')
  room.captions.loseReader('ana')
  room.clock.advance(READER_RETURN_MS - 1)
  assert.equal(room.taps, 1)
  room.clock.advance(1)
  assert.deepEqual([room.taps, room.captions.active, room.active], [0, false, [true, false]])
})
