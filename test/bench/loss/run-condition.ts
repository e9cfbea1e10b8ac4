import { setTimeout as wait } from 'node:timers/promises'
import type { Microphone } from '../../browser/microphone.ts'
import type { Person } from '../../browser/person.ts'
import type { TestProduct } from '../../browser/test-product.ts'
import { levelsOfFile, onsets, recogniseOnsets } from '../file-alignment.ts'
import { finalsWithin, type WordErrors, wordErrors } from './heard-sentences.ts'
import type { LossyRelay } from './lossy-relay.ts'
import { senderStatistics } from './sender-statistics.ts'
import type { WireCondition } from './wire-condition.ts'

export type ConditionOptions = {
  readonly condition: WireCondition
  readonly speech: Microphone
  readonly speaker: Person
  readonly product: TestProduct
  readonly relay: LossyRelay
  readonly rounds: number
}

/** What became of the words, and of the audio packets on their way to the lane. */
export type ConditionRun = WordErrors & {
  readonly condition: WireCondition
  readonly utterances: number
  readonly finals: number
  /** As the browser counts: sent in all, and sent again because the media worker asked (NACK). */
  readonly sent: number
  readonly sentAgain: number
  readonly lostOnWire: number
  /** As the lane counts. */
  readonly lost: number
  readonly late: number
  readonly duplicate: number
}

/** Until the first sentence begins, and for the final of the last one. */
const EXTRA_MS = 14_000
/** No final of a sentence comes so soon after its beginning, and those of the sentence before have come. */
const FINAL_AFTER_ONSET_MS = 400

/** Listens for as long as all sentences take, and compares what is read on the screen with them. */
export async function runCondition(options: ConditionOptions): Promise<ConditionRun> {
  const { condition, speech, speaker, product, relay, rounds } = options
  const before = await counters(product)
  const senderBefore = await senderStatistics(speaker.page)
  const wireBefore = relay.tally(senderBefore.ssrc)
  const from = Date.now()
  await wait(rounds * speech.seconds * 1_000 + EXTRA_MS)
  const after = await counters(product)
  const sender = await senderStatistics(speaker.page)
  const wire = relay.tally(sender.ssrc)
  const first = await firstOnset(speech, speaker, from)
  const read = finalsWithin(
    await speaker.captions(),
    first.at + FINAL_AFTER_ONSET_MS,
    first.at + rounds * speech.seconds * 1_000 + FINAL_AFTER_ONSET_MS,
  )
  const said = Array.from(
    { length: rounds * speech.utterances.length },
    (_, index) => speech.utterances[(first.index + index) % speech.utterances.length]?.sentence ?? '',
  )
  const difference = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0)
  return {
    ...wordErrors(said, read),
    condition,
    utterances: said.length,
    finals: read.length,
    sent: sender.sent - senderBefore.sent,
    sentAgain: sender.sentAgain - senderBefore.sentAgain,
    lostOnWire: wire.lost - wireBefore.lost,
    lost: difference('packets_lost'),
    late: difference('packets_late'),
    duplicate: difference('packets_duplicate'),
  }
}

/** The first sentence whose beginning is recognised, in milliseconds since the Unix epoch. */
async function firstOnset(speech: Microphone, speaker: Person, from: number) {
  const heard = await speaker.page.evaluate(() => window.instruments.spoken)
  const seen = onsets(heard.map(({ at, rms }) => ({ at: at / 1_000, rms })))
  const inFile = onsets(await levelsOfFile(speech.file))
  const onset = recogniseOnsets(seen, inFile, speech.seconds).find(({ at }) => at * 1_000 > from)
  if (onset === undefined) throw new Error('the page heard nothing of the speech')
  return { at: onset.at * 1_000, index: onset.index }
}

async function counters(product: TestProduct): Promise<ReadonlyMap<string, number>> {
  const text = await product.metrics()
  return new Map(
    [...text.matchAll(/^\w*?caption_(packets_\w+?)(?:_total)? (\d+)/gm)].map(([, name = '', value]) => [
      name,
      Number(value),
    ]),
  )
}
