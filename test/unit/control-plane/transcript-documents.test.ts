import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import SrtParser from 'srt-parser-2'
import vttParser from 'webvtt-parser'
import type { TranscriptLine } from '../../../shared/transcript-store/transcript-store.ts'
import { newLine } from '../../integration/shared/transcript-store-contract.ts'
import { SeededRandom } from '../../seeded-random.ts'
import { nastyText } from './nasty-text.ts'
import { testControlPlane } from './test-control-plane.ts'

const START_MS = Date.UTC(2026, 0, 1)
const SEED = 7
const entities = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('webvtt-parser/html-entities.json'), 'utf8'),
)

/** A document of these lines, as the route gives it. */
async function download(lines: readonly TranscriptLine[], query: string) {
  const { app, clock, transcripts } = testControlPlane()
  await transcripts.append({ roomId: 'tea' }, lines, clock.now() + 1_000)
  const answer = await app.request(`/v1/rooms/tea/transcript?${query}`)
  assert.equal(answer.status, 200)
  return { text: await answer.text(), headers: answer.headers }
}

/** What a cue parsed as WebVTT says, and who says it. */
function spokenCue({
  startTime,
  endTime,
  tree,
}: ReturnType<InstanceType<typeof vttParser.WebVTTParser>['parse']>['cues'][number]) {
  const [voice, ...others] = tree.children
  assert.ok(voice && others.length === 0)
  assert.equal(voice.name, 'v')
  // The parser leaves character references in an annotation as they are.
  const speaker = voice.value.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
  const text = voice.children?.map(({ value }) => value).join('')
  return { startMs: Math.round(startTime * 1_000), endMs: Math.round(endTime * 1_000), speaker, text }
}

function parseVtt(text: string) {
  const { cues, errors } = new vttParser.WebVTTParser(entities).parse(text)
  assert.deepEqual(errors, [])
  return cues.map(spokenCue)
}

const oneLine = (text: string) => text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()

/** A few hundred lines that nobody would say, and what is left of them in a document. */
function nastyLines() {
  const random = new SeededRandom(SEED)
  const lines = Array.from({ length: 400 }, (_, index) => {
    const startMs = START_MS + index * 20_000
    return newLine({
      segmentId: `${index}`.padStart(3, '0'),
      speaker: nastyText(random, 4),
      text: nastyText(random, 12),
      startMs,
      endMs: startMs + random.below(5_000) - 1_000,
    })
  })
  const told = lines.filter(({ text }) => oneLine(text) !== '')
  const origin = told[0]?.startMs ?? 0
  const cues = told.map(({ speaker, text, startMs, endMs }) => ({
    startMs: startMs - origin,
    endMs: Math.max(endMs - origin, startMs - origin + 1),
    speaker: oneLine(speaker) || 'Somebody',
    text: oneLine(text),
  }))
  return { lines, cues }
}

test('[R24] whatever is said by whoever, the WebVTT is valid and says it, with its times from the first line on', async () => {
  const { lines, cues } = nastyLines()
  const { text, headers } = await download(lines, 'format=vtt')
  assert.match(headers.get('content-type') ?? '', /^text\/vtt; charset=utf-8$/i)
  assert.deepEqual(parseVtt(text), cues)
})

test('[R25] whatever is said by whoever, the SubRip is valid and says it, but for what looks like markup', async () => {
  const { lines, cues } = nastyLines()
  const { text, headers } = await download(lines, 'format=srt')
  assert.match(headers.get('content-type') ?? '', /^application\/x-subrip/)
  const plain = (text: string) => text.replaceAll('-->', '→').replaceAll('<', '‹').replaceAll('>', '›')
  const parsed = new SrtParser().fromSrt(text)
  assert.deepEqual(
    parsed.map(({ id, startSeconds, endSeconds, text }) => ({ id, startSeconds, endSeconds, text })),
    cues.map(({ startMs, endMs, speaker, text }, index) => ({
      id: `${index + 1}`,
      startSeconds: startMs / 1_000,
      endSeconds: endMs / 1_000,
      text: `${plain(speaker)}: ${plain(text)}`.trim(),
    })),
  )
})

test('[R26] plain text has a line for each line, with its time and speaker', async () => {
  const { lines, cues } = nastyLines()
  const { text, headers } = await download(lines, 'format=txt')
  assert.match(headers.get('content-type') ?? '', /^text\/plain; charset=utf-8$/i)
  const told = text.split('\n').slice(0, -1)
  assert.equal(told.length, cues.length)
  assert.equal(told.at(-1), `[${hours(cues.at(-1)?.startMs)}] ${cues.at(-1)?.speaker}: ${cues.at(-1)?.text}`)
})

const hours = (ms = 0) => new Date(ms).toISOString().slice(11, 19)

test('[R26] times have hours, also more than a day of them', async () => {
  const late = START_MS + (27 * 3_600 + 5 * 60 + 9) * 1_000 + 42
  const lines = [newLine({ startMs: START_MS, endMs: START_MS }), newLine({ startMs: late, endMs: late + 1_000 })]
  assert.match((await download(lines, 'format=txt')).text, /^\[00:00:00\] Ada: .*\n\[27:05:09\] Ada: .*\n$/)
  assert.match((await download(lines, 'format=vtt')).text, /\n27:05:09\.042 --> 27:05:10\.042\n/)
  assert.match((await download(lines, 'format=srt')).text, /\n27:05:09,042 --> 27:05:10,042\n/)
})

test('[R27] in the language asked for a document marks the lines that are in another', async () => {
  const lines = [
    newLine({ text: 'Tea', translations: { es: 'Té' }, startMs: 1 }),
    newLine({ text: 'Cake', translations: {}, startMs: 2 }),
    newLine({ text: 'Leche', language: 'es-MX', translations: {}, startMs: 3 }),
  ]
  const told = async (query: string) =>
    (await download(lines, query)).text.split('\n').map((line) => line.slice('[00:00:00] Ada: '.length))
  assert.deepEqual(await told('format=txt&language=es'), ['Té', '[en] Cake', 'Leche', ''])
  assert.deepEqual(await told('format=txt'), ['Tea', 'Cake', 'Leche', ''])
  const { text } = await download(lines, 'format=vtt&language=es')
  assert.deepEqual(
    parseVtt(text).map(({ text }) => text),
    ['Té', '[en] Cake', 'Leche'],
  )
})
