import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addCaption,
  type CaptionLine,
  emptyTranscript,
  noteStatus,
  TRANSCRIPT_CAPACITY,
  type Transcript,
} from '../../../client/sdk/captions.ts'
import { captionLine as line } from './caption-line.ts'

const transcriptOf = (lines: readonly CaptionLine[]): Transcript => lines.reduce(addCaption, emptyTranscript)
const texts = (transcript: Transcript) => transcript.lines.map(({ text }) => text)

test('of one segment the highest revision stays, in whatever order they come', () => {
  const revisions = [1, 4, 2, 3].map((revision) => line('a', { revision, text: `revision ${revision}` }))
  assert.deepEqual(texts(transcriptOf(revisions)), ['revision 4'])
})

test('nothing follows a final, not even a higher revision', () => {
  const transcript = transcriptOf([
    line('a', { revision: 2, text: 'the end', final: true }),
    line('a', { revision: 3, text: 'an afterthought' }),
  ])
  assert.deepEqual(texts(transcript), ['the end'])
})

test('a caption that comes twice leaves the very same transcript, so that nothing is drawn anew', () => {
  const once = transcriptOf([line('a')])
  assert.equal(addCaption(once, line('a')), once)
})

test('lines stand in the order in which speech began, not in which captions came', () => {
  const transcript = transcriptOf([
    line('late', { startMs: 30 }),
    line('early', { startMs: 10 }),
    line('middle', { startMs: 20 }),
    line('late', { startMs: 30, revision: 2 }),
  ])
  assert.deepEqual(texts(transcript), ['early', 'middle', 'late'])
})

test('lines that began together keep one order, whichever came first', () => {
  const a = line('a', { startMs: 10 })
  const b = line('b', { startMs: 10 })
  assert.deepEqual(texts(transcriptOf([a, b])), texts(transcriptOf([b, a])))
})

test('a full transcript lets go of its oldest lines and counts them', () => {
  const all = Array.from({ length: TRANSCRIPT_CAPACITY + 3 }, (_, index) => line(`line ${index}`, { startMs: index }))
  const transcript = transcriptOf(all)
  assert.equal(transcript.lines.length, TRANSCRIPT_CAPACITY)
  assert.equal(transcript.lines[0]?.text, 'line 3')
  assert.equal(transcript.dropped, 3)
})

test('trouble is kept per speaker and for the room, until captions resume there', () => {
  const room = { status: 'degraded' } as const
  const ada = { status: 'failed', participantId: 'ada' } as const
  const troubles = [room, ada].reduce(noteStatus, [])
  assert.deepEqual(troubles, [room, ada])
  assert.deepEqual(noteStatus(troubles, { status: 'resumed', participantId: 'ada' }), [room])
  assert.deepEqual(noteStatus(troubles, { status: 'started' }), [ada])
})

test('[W10] a final that comes again with a translation keeps its text and gains the translation', () => {
  const final = line('a', { revision: 4, text: 'the end', final: true, receivedAt: 7 })
  const again = line('a', { revision: 4, text: 'the end', final: true, translations: { es: 'el fin' }, receivedAt: 9 })
  const transcript = transcriptOf([final, again, line('a', { ...again, translations: { fr: 'la fin' } })])
  assert.deepEqual(transcript.lines, [{ ...final, translations: { es: 'el fin', fr: 'la fin' } }])
})

test('[W10] a translation that is there stays as it is, and the very same transcript with it', () => {
  const transcript = transcriptOf([line('a', { final: true, translations: { es: 'el fin' } })])
  assert.equal(addCaption(transcript, line('a', { final: true })), transcript)
  assert.equal(addCaption(transcript, line('a', { final: true, translations: { es: 'otro' } })), transcript)
})

test('[W10] the translation of another text is not taken for that of a line', () => {
  const transcript = transcriptOf([line('a', { revision: 2, text: 'the end', final: true })])
  const partial = line('a', { revision: 1, text: 'the', translations: { es: 'el' } })
  const sameText = line('a', { revision: 1, text: 'the end', translations: { es: 'el fin' } })
  assert.equal([partial, sameText].reduce(addCaption, transcript), transcript)
  const growing = transcriptOf([line('b', { revision: 2, text: 'the end' })])
  assert.equal(addCaption(growing, line('b', { revision: 1, text: 'the', translations: { es: 'el' } })), growing)
})

test('[W10] a newer revision comes with its own translations only', () => {
  const transcript = transcriptOf([
    line('a', { revision: 1, text: 'the', translations: { es: 'el' } }),
    line('a', { revision: 2, text: 'the end' }),
  ])
  assert.deepEqual(
    transcript.lines.map(({ translations }) => translations),
    [undefined],
  )
})
