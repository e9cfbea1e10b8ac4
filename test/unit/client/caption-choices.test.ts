import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caption, CaptionsStatus } from '../../../shared/protocol/caption.ts'
import { captionLine } from './caption-line.ts'
import { ScriptedWorld } from './scripted-world.ts'

async function connect() {
  const world = new ScriptedWorld()
  const call = await world.call({}, [ada])
  const { socket } = world.connection
  const answer = (index: number, data: unknown) => socket.deliver({ id: socket.requests[index]?.id, data })
  const texts = () => call.state.captions.transcript.lines.map(({ text }) => text)
  return { socket, call, answer, texts }
}

const ada = { participantId: 'ada', displayName: 'Ada', language: 'en', captioned: true }

function caption(segmentId: string, changes: Partial<Caption> = {}): Caption {
  const { speaker, receivedAt, ...wire } = captionLine(segmentId, { final: true, ...changes })
  return wire
}

test('[W12] the language to read is asked for, and shown once the media node has taken it', async () => {
  const { socket, call, answer } = await connect()
  const settled = call.setCaptions(true, 'es')
  assert.deepEqual(socket.requests[0]?.data, { enabled: true, language: 'es' })
  assert.equal(call.state.captions.language, 'en')
  answer(0, { captions: [] })
  await settled
  assert.deepEqual([call.state.captions.enabled, call.state.captions.language], [true, 'es'])
})

test('[W12] captions that are turned on again are read in the language chosen before', async () => {
  const { socket, call, answer } = await connect()
  const first = call.setCaptions(false, 'es')
  answer(0, { captions: [] })
  await first
  call.setCaptions(true).catch(() => {})
  assert.deepEqual(socket.requests[1]?.data, { enabled: true, language: 'es' })
})

test('[W12] an answer that comes after a newer choice does not undo it', async () => {
  const { call, answer } = await connect()
  const [older, newer] = [call.setCaptions(true, 'es'), call.setCaptions(true, 'fr')]
  answer(1, { captions: [] })
  answer(0, { captions: [] })
  await Promise.all([older, newer])
  assert.equal(call.state.captions.language, 'fr')
})

test('[W12] a refused choice changes nothing', async () => {
  const { socket, call } = await connect()
  const before = call.state
  const refused = [call.setCaptions(true, 'es'), call.setSpeech({ captioned: false })]
  for (const { id } of socket.requests) socket.deliver({ id, error: { code: 'rate_limited', message: 'slower' } })
  const outcomes = await Promise.allSettled(refused)
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  assert.equal(call.state, before)
})

test('[W13] what was said before stands in its place, once, with the speaker and as of the past', async () => {
  const { socket, call, answer, texts } = await connect()
  const settled = call.setCaptions(true)
  socket.deliver({ event: 'caption', data: caption('now', { startMs: 30 }) })
  answer(0, { captions: [caption('early', { startMs: 10 }), caption('now', { startMs: 30 })] })
  await settled
  socket.deliver({ event: 'caption', data: caption('early', { startMs: 10 }) })
  assert.deepEqual(texts(), ['early', 'now'])
  const [early, now] = call.state.captions.transcript.lines
  assert.deepEqual([early?.speaker, early?.receivedAt], ['Ada', 0])
  assert.notEqual(now?.receivedAt, 0)
})

test('[W13] what is still being said when one begins to read is of now', async () => {
  const { call, answer } = await connect()
  const settled = call.setCaptions(true)
  answer(0, { captions: [caption('a', { final: false })] })
  await settled
  assert.notEqual(call.state.captions.transcript.lines[0]?.receivedAt, 0)
})

test('[W13] another language brings the translations of lines that are there', async () => {
  const { socket, call, answer } = await connect()
  socket.deliver({ event: 'caption', data: caption('a') })
  const settled = call.setCaptions(true, 'es')
  answer(0, { captions: [caption('a', { translations: { es: 'una' } })] })
  await settled
  const [line, ...others] = call.state.captions.transcript.lines
  assert.deepEqual([line?.text, line?.translations, others], ['a', { es: 'una' }, []])
})

test('[W14] what one speaks and whether it may be captioned are told, each without touching the other', async () => {
  const { socket, call, answer } = await connect()
  const settled = [call.setSpeech({ language: 'es' }), call.setSpeech({ captioned: false })]
  assert.deepEqual(
    socket.requests.map(({ data }) => data),
    [{ language: 'es' }, { captioned: false }],
  )
  assert.deepEqual(call.state.speech, { language: 'en', captioned: true })
  answer(0, {})
  answer(1, {})
  await Promise.all(settled)
  assert.deepEqual(call.state.speech, { language: 'es', captioned: false })
})

test('[W14] who keeps out of captions is known to the others, from the start and when it changes', async () => {
  const { socket, call } = await connect()
  socket.deliver({ event: 'participant-joined', data: { ...ada, participantId: 'ben', captioned: false } })
  socket.deliver({ event: 'participant-changed', data: { ...ada, captioned: false } })
  socket.deliver({ event: 'participant-changed', data: { ...ada, participantId: 'ben', language: 'es' } })
  const shown = call.state.participants.map(({ participantId, language, captioned }) => [
    participantId,
    language,
    captioned,
  ])
  assert.deepEqual(shown, [
    ['ada', 'en', false],
    ['ben', 'es', true],
  ])
})

test('[W14] that somebody reads along is known as it changes', async () => {
  const { socket, call } = await connect()
  socket.deliver({ event: 'captions-active', data: { active: true } })
  assert.equal(call.state.captions.active, true)
  socket.deliver({ event: 'captions-active', data: { active: false } })
  assert.equal(call.state.captions.active, false)
})

test('[W352] a participant who reads no captions keeps that they are not understood, and nothing else that is wrong with captions', async () => {
  const { socket, call, answer } = await connect()
  const own = { status: 'degraded', participantId: call.state.participantId, reason: 'not_understood' } as const
  const ofAda = { ...own, participantId: 'ada' }
  const tell = (status: CaptionsStatus) => socket.deliver({ event: 'captions-status', data: status })
  const turn = async (enabled: boolean, at: number) => {
    const settled = call.setCaptions(enabled)
    answer(at, { captions: [] })
    await settled
  }
  tell(own)
  assert.deepEqual(call.state.captions.troubles, [own])
  await turn(true, 0)
  tell(ofAda)
  assert.deepEqual(call.state.captions.troubles, [own, ofAda])
  await turn(false, 1)
  assert.deepEqual(call.state.captions.troubles, [own])
  tell({ status: 'resumed', participantId: call.state.participantId })
  assert.deepEqual(call.state.captions.troubles, [])
})
