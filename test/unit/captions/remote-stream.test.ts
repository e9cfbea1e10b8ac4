import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_QUEUED_MS, MAX_UNANSWERED, RemoteStream } from '../../../media-node/captions/engines/remote-stream.ts'
import type { SpeechConnection, UtteranceAnswer } from '../../../media-node/captions/engines/speech-connection.ts'
import { SettableClock } from '../shared/settable-clock.ts'

const CHUNK = new Int16Array(1_600)

test('[G95] sound that piles up, or utterances without end, are too much for the engine, and say so once', () => {
  for (const pileUp of [
    ({ stream, connection }: ReturnType<typeof open>) => {
      connection.queuedMs = MAX_QUEUED_MS + 1
      stream.write(CHUNK)
    },
    ({ stream }: ReturnType<typeof open>) => {
      for (let count = 0; count <= MAX_UNANSWERED; count += 1) {
        stream.write(CHUNK)
        stream.finish()
      }
    },
  ]) {
    const opened = open()
    pileUp(opened)
    pileUp(opened)
    assert.deepEqual(opened.said, ['overloaded'])
    assert.deepEqual([opened.connection.closed, opened.stream.queuedMs, opened.clock.waiting], [1, 0, 0])
  }
})

test('[G95] each sign of life puts the deadline of a finished utterance off, and an unfinished one has none', () => {
  const { stream, connection, clock, said } = open()
  stream.write(CHUNK)
  clock.advance(60_000)
  stream.finish()
  clock.advance(9_999)
  connection.answers[0]?.partial('one')
  clock.advance(9_999)
  assert.deepEqual(said, ['one'])
  clock.advance(1)
  assert.deepEqual(said, ['one', 'unreachable'])
})

test('[G95] that deadline counts the time in which this process ran', () => {
  const { stream, clock, said } = open()
  stream.write(CHUNK)
  stream.finish()
  clock.hold(60_000)
  assert.deepEqual(said, [])
  clock.advance(10_000)
  assert.deepEqual(said, ['unreachable'])
})

test('[G95] texts wait for those of the utterances before, and none comes after the final one', () => {
  const { stream, connection, said } = open()
  for (let count = 0; count < 2; count += 1) {
    stream.write(CHUNK)
    stream.finish()
  }
  connection.answers[1]?.partial('two')
  connection.answers[1]?.final('Two.')
  connection.answers[1]?.partial('too late')
  assert.deepEqual(said, [])
  connection.answers[0]?.final(' One. ')
  assert.deepEqual(said, ['One.!', 'Two.!'])
})

test('[G95] a stream that its reader closes over a text says nothing more', () => {
  const { stream, connection, said, closeOn } = open()
  closeOn('one')
  stream.write(CHUNK)
  stream.finish()
  stream.write(CHUNK)
  connection.answers[1]?.final('two')
  connection.answers[0]?.final('one')
  assert.deepEqual(said, ['one!'])
})

function open() {
  const said: string[] = []
  const clock = new SettableClock()
  const connection = {
    queuedMs: 0,
    answers: [] as UtteranceAnswer[],
    closed: 0,
    begin: (answer: UtteranceAnswer) => connection.answers.push(answer),
    write: () => undefined,
    finish: () => undefined,
    close: () => {
      connection.closed += 1
    },
  } satisfies SpeechConnection & Record<string, unknown>
  let closing = ''
  const stream: RemoteStream = new RemoteStream({
    request: {
      language: 'en',
      onText: ({ text, final }) => {
        said.push(final ? `${text}!` : text)
        if (text === closing) stream.close()
      },
      onFailure: ({ kind }) => said.push(kind),
    },
    connection,
    clock,
    onClosed: () => undefined,
  })
  const closeOn = (text: string) => {
    closing = text
  }
  return { stream, connection, clock, said, closeOn }
}
