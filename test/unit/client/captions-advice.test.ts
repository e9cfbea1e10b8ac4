import assert from 'node:assert/strict'
import { test } from 'node:test'
import { captionsAdvice } from '../../../client/app/problem.ts'
import { initialState } from '../../../client/sdk/call-state.ts'
import type { CaptionTroubles } from '../../../client/sdk/captions.ts'

function adviceOn(troubles: CaptionTroubles): string | undefined {
  const self = { roomId: 'r', participantId: 'me', displayName: 'Me', speech: { language: 'en', captioned: true } }
  const state = initialState({ ...self, captionLanguage: 'en' })
  const ada = { participantId: 'ada', displayName: 'Ada', language: 'en', captioned: true, tracks: [] }
  return captionsAdvice({ ...state, participants: [ada], captions: { ...state.captions, troubles } })
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

test('[W350] a speaker whose words are not recognised is told with what may be the reason', () => {
  assert.equal(
    adviceOn([{ status: 'degraded', participantId: 'ada', reason: 'not_understood' }]),
    'Captions of Ada are missing: no words are recognised in what is said; is it the language chosen, and the right microphone?',
  )
})
