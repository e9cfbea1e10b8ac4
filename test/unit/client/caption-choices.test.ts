import assert from 'node:assert/strict'
import { test } from 'node:test'
import { initialState } from '../../../client/sdk/call-state.ts'
import { CaptionChoices } from '../../../client/sdk/caption-choices.ts'
import { Signalling } from '../../../client/sdk/signalling.ts'
import { stateHandlers } from '../../../client/sdk/state-handlers.ts'
import { Store } from '../../../client/sdk/store.ts'
import type { Caption } from '../../../shared/protocol/caption.ts'
import { captionLine } from './caption-line.ts'
import { ScriptedSocket } from './scripted-socket.ts'

function connect() {
  const socket = new ScriptedSocket()
  const self = { roomId: 'r', participantId: 'me', displayName: 'Me', speech: { language: 'en', captioned: true } }
  const state = new Store(initialState({ ...self, captionLanguage: 'en' }))
  const ignore = () => {}
  const handlers = {
    ...stateHandlers(state),
    welcome: ignore,
    'consumer-created': ignore,
    'consumer-closed': ignore,
  }
  const { request } = new Signalling({ socket, handlers, onClose: ignore })
  socket.deliver({ event: 'participant-joined', data: ada })
  const choices = new CaptionChoices({ state, request })
  const answer = (index: number, data: unknown) => socket.deliver({ id: socket.requests[index]?.id, data })
  const texts = () => state.get().captions.transcript.lines.map(({ text }) => text)
  return { socket, state, choices, answer, texts }
}

const ada = { participantId: 'ada', displayName: 'Ada', language: 'en', captioned: true }

function caption(segmentId: string, changes: Partial<Caption> = {}): Caption {
  const { speaker, receivedAt, ...wire } = captionLine(segmentId, { final: true, ...changes })
  return wire
}

test('[W12] the language to read is asked for, and shown once the media node has taken it', async () => {
  const { socket, state, choices, answer } = connect()
  const settled = choices.setCaptions(true, 'es')
  assert.deepEqual(socket.requests[0]?.data, { enabled: true, language: 'es' })
  assert.equal(state.get().captions.language, 'en')
  answer(0, { captions: [] })
  await settled
  assert.deepEqual([state.get().captions.enabled, state.get().captions.language], [true, 'es'])
})

test('[W12] captions that are turned on again are read in the language chosen before', async () => {
  const { socket, choices, answer } = connect()
  const first = choices.setCaptions(false, 'es')
  answer(0, { captions: [] })
  await first
  choices.setCaptions(true).catch(() => {})
  assert.deepEqual(socket.requests[1]?.data, { enabled: true, language: 'es' })
})

test('[W12] an answer that comes after a newer choice does not undo it', async () => {
  const { state, choices, answer } = connect()
  const [older, newer] = [choices.setCaptions(true, 'es'), choices.setCaptions(true, 'fr')]
  answer(1, { captions: [] })
  answer(0, { captions: [] })
  await Promise.all([older, newer])
  assert.equal(state.get().captions.language, 'fr')
})

test('[W12] a refused choice changes nothing', async () => {
  const { socket, state, choices } = connect()
  const before = state.get()
  const refused = [choices.setCaptions(true, 'es'), choices.setSpeech({ captioned: false })]
  for (const { id } of socket.requests) socket.deliver({ id, error: { code: 'rate_limited', message: 'slower' } })
  const outcomes = await Promise.allSettled(refused)
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  assert.equal(state.get(), before)
})

test('[W13] what was said before stands in its place, once, with the speaker and as of the past', async () => {
  const { socket, state, choices, answer, texts } = connect()
  const settled = choices.setCaptions(true)
  socket.deliver({ event: 'caption', data: caption('now', { startMs: 30 }) })
  answer(0, { captions: [caption('early', { startMs: 10 }), caption('now', { startMs: 30 })] })
  await settled
  socket.deliver({ event: 'caption', data: caption('early', { startMs: 10 }) })
  assert.deepEqual(texts(), ['early', 'now'])
  const [early, now] = state.get().captions.transcript.lines
  assert.deepEqual([early?.speaker, early?.receivedAt], ['Ada', 0])
  assert.notEqual(now?.receivedAt, 0)
})

test('[W13] what is still being said when one begins to read is of now', async () => {
  const { state, choices, answer } = connect()
  const settled = choices.setCaptions(true)
  answer(0, { captions: [caption('a', { final: false })] })
  await settled
  assert.notEqual(state.get().captions.transcript.lines[0]?.receivedAt, 0)
})

test('[W13] another language brings the translations of lines that are there', async () => {
  const { socket, state, choices, answer } = connect()
  socket.deliver({ event: 'caption', data: caption('a') })
  const settled = choices.setCaptions(true, 'es')
  answer(0, { captions: [caption('a', { translations: { es: 'una' } })] })
  await settled
  const [line, ...others] = state.get().captions.transcript.lines
  assert.deepEqual([line?.text, line?.translations, others], ['a', { es: 'una' }, []])
})

test('[W14] what one speaks and whether it may be captioned are told, each without touching the other', async () => {
  const { socket, state, choices, answer } = connect()
  const settled = [choices.setSpeech({ language: 'es' }), choices.setSpeech({ captioned: false })]
  assert.deepEqual(
    socket.requests.map(({ data }) => data),
    [{ language: 'es' }, { captioned: false }],
  )
  assert.deepEqual(state.get().speech, { language: 'en', captioned: true })
  answer(0, {})
  answer(1, {})
  await Promise.all(settled)
  assert.deepEqual(state.get().speech, { language: 'es', captioned: false })
})

test('[W14] who keeps out of captions is known to the others, from the start and when it changes', () => {
  const { socket, state } = connect()
  socket.deliver({ event: 'participant-joined', data: { ...ada, participantId: 'ben', captioned: false } })
  socket.deliver({ event: 'participant-changed', data: { ...ada, captioned: false } })
  socket.deliver({ event: 'participant-changed', data: { ...ada, participantId: 'ben', language: 'es' } })
  const shown = state
    .get()
    .participants.map(({ participantId, language, captioned }) => [participantId, language, captioned])
  assert.deepEqual(shown, [
    ['ada', 'en', false],
    ['ben', 'es', true],
  ])
})

test('[W14] that somebody reads along is known as it changes', () => {
  const { socket, state } = connect()
  socket.deliver({ event: 'captions-active', data: { active: true } })
  assert.equal(state.get().captions.active, true)
  socket.deliver({ event: 'captions-active', data: { active: false } })
  assert.equal(state.get().captions.active, false)
})
