import assert from 'node:assert/strict'
import { test } from 'node:test'
import { captionText, MAX_CAPTION_LENGTH } from '../../../media-node/captions/caption-text.ts'
import { caption } from '../../../shared/protocol/caption.ts'

const fits = (text: string) => caption.shape.text.safeParse(text).success

test('[G130] a text as long as a caption may be stays as it is', () => {
  const text = 'w'.repeat(MAX_CAPTION_LENGTH)
  assert.ok(fits(text))
  assert.ok(!fits(`${text}w`))
  assert.equal(captionText(text), text)
})

test('[G130] a longer text ends after a word and says so', () => {
  const text = captionText('word '.repeat(1_000))
  assert.ok(fits(text) && text.length > MAX_CAPTION_LENGTH - 10)
  assert.match(text, /^(word )+word…$/)
})

test('[G130] a text of one long word is cut between characters, also those of two units', () => {
  for (const odd of ['', 'a']) {
    const text = captionText(odd + '😀'.repeat(MAX_CAPTION_LENGTH))
    assert.ok(fits(text) && text.isWellFormed())
    assert.match(text, /😀…$/u)
  }
})
