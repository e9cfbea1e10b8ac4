import assert from 'node:assert/strict'
import { test } from 'node:test'
import { captionsAdvice, notUnderstoodAdvice } from '../../../client/app/problem.ts'
import { type CallState, initialState } from '../../../client/sdk/call-state.ts'
import type { CaptionTroubles } from '../../../client/sdk/captions.ts'

const adviceOn = (troubles: CaptionTroubles) => captionsAdvice(stateWith(troubles))

function stateWith(troubles: CaptionTroubles): CallState {
  const self = { roomId: 'r', participantId: 'me', displayName: 'Me', speech: { language: 'en', captioned: true } }
  const state = initialState({ ...self, captionLanguage: 'en' })
  const ada = { participantId: 'ada', displayName: 'Ada', language: 'en', captioned: true, tracks: [] }
  return { ...state, participants: [ada], captions: { ...state.captions, troubles } }
}

test('[W16] an engine that stands in is told as such, and not as missing words', () => {
  assert.equal(
    adviceOn([{ status: 'degraded', participantId: 'ada', reason: 'fallback_engine' }]),
    'Captions of Ada may be less exact: another speech recognition stands in',
  )
})

test('[W16] of several troubles the worst one is told, with its own reason', () => {
  assert.equal(
    adviceOn([
      { status: 'degraded', participantId: 'ben', reason: 'fallback_engine' },
      { status: 'failed', participantId: 'ada', reason: 'language_unsupported' },
    ]),
    'Captions are missing: this language cannot be recognised here',
  )
})

test('[W350] a speaker whose words are not recognised is told in few words', () => {
  assert.equal(
    adviceOn([{ status: 'degraded', participantId: 'ada', reason: 'not_understood' }]),
    'Captions of Ada are missing: what is said is not understood',
  )
})

test('[W351] a participant whose own words are not recognised is told what to check, and others are told of others', () => {
  const own = { status: 'degraded', participantId: 'me', reason: 'not_understood' } as const
  const ofAda = { ...own, participantId: 'ada' }
  assert.deepEqual(notUnderstoodAdvice(stateWith([own])), {
    title: 'Your words are not understood',
    advice: 'Check your microphone and the language you speak.',
  })
  assert.equal(adviceOn([own]), undefined)
  assert.equal(adviceOn([own, ofAda]), adviceOn([ofAda]))
  assert.equal(notUnderstoodAdvice(stateWith([ofAda])), undefined)
  assert.equal(notUnderstoodAdvice(stateWith([{ ...own, reason: 'overloaded' }])), undefined)
})
