import { setTimeout as wait } from 'node:timers/promises'
import type { Microphone } from '../../browser/microphone.ts'
import type { Person } from '../../browser/person.ts'
import type { TestProduct } from '../../browser/test-product.ts'
import { spokenUtterances } from '../spoken-utterances.ts'
import { readOf, type WordErrors, wordErrors } from './heard-sentences.ts'
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
  readonly gapSeconds: number
}

/** What became of the words, and of the audio packets on their way to the lane. */
export type ConditionRun = WordErrors & {
  readonly condition: WireCondition
  readonly utterances: number
  /** Finals more or fewer than utterances. */
  readonly finals: number
  /** As the browser counts: sent in all, and sent again because the media worker asked (NACK). */
  readonly sent: number
  readonly sentAgain: number
  readonly lostOnWire: number
  /** As the lane counts. */
  readonly lost: number
  readonly late: number
  readonly duplicate: number
  readonly misread: readonly string[]
}

/** Words at the seam of two rounds, and for what is under way at the end. */
const EXTRA_MS = 8_000

/** Listens for as long as all sentences take, and compares what is read on the screen with them. */
export async function runCondition(options: ConditionOptions): Promise<ConditionRun> {
  const { condition, speech, speaker, product, relay, rounds, gapSeconds } = options
  const before = await counters(product)
  const senderBefore = await senderStatistics(speaker.page)
  const wireBefore = relay.tally(senderBefore.ssrc)
  const from = Date.now()
  await wait(rounds * speech.seconds * 1_000 + EXTRA_MS)
  const after = await counters(product)
  const sender = await senderStatistics(speaker.page)
  const wire = relay.tally(sender.ssrc)
  const captions = await speaker.captions()
  const heard = await speaker.page.evaluate(() => window.instruments.spoken)
  const spoken = (await spokenUtterances(speech, heard)).filter(
    ({ start, end }) => start > from && end + gapSeconds * 1_000 < from + rounds * speech.seconds * 1_000 + EXTRA_MS,
  )
  const pairs = spoken.map((utterance) => ({
    sentence: utterance.sentence,
    read: readOf(utterance, captions, gapSeconds * 1_000),
  }))
  const difference = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0)
  return {
    ...wordErrors(pairs),
    condition,
    utterances: spoken.length,
    finals: captions.filter(({ final, at }) => final && at > from).length,
    sent: sender.sent - senderBefore.sent,
    sentAgain: sender.sentAgain - senderBefore.sentAgain,
    lostOnWire: wire.lost - wireBefore.lost,
    lost: difference('packets_lost'),
    late: difference('packets_late'),
    duplicate: difference('packets_duplicate'),
    misread: pairs
      .filter(({ sentence, read }) => sentence !== read)
      .map(({ sentence, read }) => `${sentence} → ${read}`),
  }
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
