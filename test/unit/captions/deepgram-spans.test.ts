import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { DeepgramSpans } from '../../../media-node/captions/engines/deepgram-spans.ts'
import { SettableClock } from '../shared/settable-clock.ts'

let clock = new SettableClock()
let spans = new DeepgramSpans(clock)
let said: string[] = []

beforeEach(() => {
  clock = new SettableClock()
  spans = new DeepgramSpans(clock)
  said = []
})

test('[G94] spans are put together, and their interim texts replaced, up to the answer to Finalize', () => {
  speak('a', 4)
  heard('we', 1)
  heard('we will', 2)
  heard('We will meet.', 2, 'final')
  heard('again', 3)
  spans.finish()
  heard('Again.', 4, 'finalized')
  assert.deepEqual(said, [
    'a we',
    'a we will',
    'a We will meet.',
    'a We will meet. again',
    'a We will meet. Again.',
    'a! We will meet. Again.',
  ])
})

test('[G94] Finalize that is not answered ends by quiet, but not while much sound has not been heard', () => {
  speak('a', 4)
  heard('we will', 3.5, 'final')
  spans.finish()
  clock.advance(1_499)
  assert.equal(said.at(-1), 'a we will')
  clock.advance(1)
  assert.equal(said.at(-1), 'a! we will')
  speak('b', 4)
  heard('meet', 6, 'final')
  spans.finish()
  clock.advance(60_000)
  assert.equal(said.at(-1), 'b meet')
})

test('[G94] a late answer to Finalize is not taken for the next utterance, and a later span not for this one', () => {
  speak('a', 2)
  spans.finish()
  heard('one', 2, 'final')
  speak('b', 2)
  heard('', 2, 'finalized')
  assert.deepEqual(said, ['a one', 'a! one'])
  heard('two', 3)
  spans.finish()
  speak('c', 2)
  heard('three', 5, 'final')
  assert.deepEqual(said.slice(2), ['b two', 'b! two', 'c three'])
})

test('[G94] a server that tells no times is believed its answers to Finalize', () => {
  speak('a', 2)
  spans.finish()
  heard('one', undefined, 'final')
  assert.deepEqual(said, ['a one'])
  heard('two', undefined, 'finalized')
  assert.deepEqual(said.slice(1), ['a one two', 'a! one two'])
})

test('[G94] closed, it leaves no timer', () => {
  speak('a', 2)
  spans.finish()
  spans.close()
  assert.equal(clock.waiting, 0)
})

function speak(name: string, seconds: number): void {
  spans.begin({
    answered: false,
    partial: (text) => said.push(`${name} ${text}`),
    final: (text) => said.push(`${name}! ${text}`),
  })
  spans.sent(seconds)
}

function heard(text: string, end: number | undefined, kind?: 'final' | 'finalized'): void {
  spans.heard({ text, end, final: kind !== undefined, finalized: kind === 'finalized' })
}

test('[G380] spans of a language without spaces are put together without spaces, and so are their words', () => {
  speak('a', 4)
  heard('今日 は', 1, 'final')
  heard('天気 が', 2)
  heard('天気 が', 3, 'final')
  spans.finish()
  heard('いい です ね。', 4, 'finalized')
  assert.deepEqual(said, [
    'a 今日は',
    'a 今日は天気が',
    'a 今日は天気が',
    'a 今日は天気がいいですね。',
    'a! 今日は天気がいいですね。',
  ])
})
