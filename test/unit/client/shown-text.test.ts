import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shownText } from '../../../client/sdk/shown-text.ts'
import { captionLine } from './caption-line.ts'

const said = captionLine('a', { language: 'en', text: 'good morning', translations: { es: 'buenos días' } })

test('[W11] who reads what was spoken sees what was said, whatever the region', () => {
  for (const reading of ['en', 'en-GB'])
    assert.deepEqual(shownText(said, reading), { text: 'good morning', language: 'en', status: 'original' })
})

test('[W11] who reads another language sees the translation, with its own language', () => {
  for (const reading of ['es', 'es-MX'])
    assert.deepEqual(shownText(said, reading), { text: 'buenos días', language: 'es', status: 'translated' })
})

test('[W11] of two translations the one with the very tag is shown', () => {
  const translations = { 'pt-BR': 'bom dia, gente', pt: 'bom dia' }
  assert.equal(shownText({ ...said, translations }, 'pt').text, 'bom dia')
})

test('[W11] where a translation is missing or empty, what was said is shown and marked', () => {
  const untranslated = { text: 'good morning', language: 'en', status: 'untranslated' }
  assert.deepEqual(shownText(said, 'fr'), untranslated)
  assert.deepEqual(shownText({ ...said, translations: { fr: '' } }, 'fr'), untranslated)
})

test('[W11] a text that was taken back is not marked', () => {
  assert.equal(shownText(captionLine('a', { text: '' }), 'fr').status, 'original')
})
