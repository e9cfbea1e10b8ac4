import assert from 'node:assert/strict'
import { test } from 'node:test'
import { initialState } from '../../../client/sdk/call-state.ts'
import { MAX_NAMES, SpeakerNames } from '../../../client/sdk/speaker-names.ts'
import { Store } from '../../../client/sdk/store.ts'
import { captionLine } from './caption-line.ts'
import { ScriptedWorld } from './scripted-world.ts'

const person = (participantId: string, displayName: string) => ({
  ...{ participantId, displayName, language: 'en', captioned: true },
})

test('[W395] the first words that come of somebody who has just left have their name', async () => {
  const world = new ScriptedWorld()
  const call = await world.call({}, [person('ada', 'Ada')])
  const on = call.setCaptions(true)
  world.connection.answer('set-captions', { captions: [] })
  await on
  world.connection.notify('participant-left', { participantId: 'ada' })
  const { speaker, receivedAt, ...caption } = captionLine('s', { participantId: 'ada', final: true })
  world.connection.notify('caption', caption)
  const again = call.setCaptions(true)
  world.connection.answer('set-captions', { captions: [{ ...caption, segmentId: 't' }] })
  await again
  assert.deepEqual(
    call.state.captions.transcript.lines.map((line) => line.speaker),
    ['Ada', 'Ada'],
  )
})

test('[W395] the names of those who have left are remembered up to a bound, those of people present without one', () => {
  const self = { roomId: 'tea', participantId: 'me', displayName: 'Me', speech: { language: 'en', captioned: true } }
  const state = new Store(initialState({ ...self, captionLanguage: 'en' }))
  const names = new SpeakerNames(state)
  const come = (...people: ReturnType<typeof person>[]) =>
    state.set({ ...state.get(), participants: people.map((each) => ({ ...each, tracks: [] })) })
  come(person('stays', 'Before'), person('first', 'First'))
  come(person('stays', 'Now'))
  for (let index = 0; index < MAX_NAMES - 1; index += 1) come(person('stays', 'Now'), person(`${index}`, 'Passing'))
  assert.deepEqual(['me', 'stays', '0', 'first', 'nobody'].map(names.of), ['Me', 'Now', 'Passing', '', ''])
})
