import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRoomRequest, joinRequest } from '../../../shared/api.ts'
import { caption } from '../../../shared/protocol/caption.ts'
import { participantDescription } from '../../../shared/protocol/messages.ts'
import { displayName, faultOf } from '../../../shared/protocol/written-text.ts'
import { checkProperty } from '../../check-property.ts'

const named = (name: string) => displayName.safeParse(name).data

test('[Q34] names of all scripts, with emoji and from right to left, are taken as they are', () => {
  for (const name of [
    'Ana',
    'J',
    '李小龙',
    'Nguyễn Thị Hồng',
    'דָּוִד',
    'محمد',
    '\u200fشركة (ABC)\u200f',
    'प्रिया',
    '👩‍👩‍👧‍👦',
    '👍🏽',
    '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
    "O'Brien-Łuc III.",
    'می‌خواهم',
  ]) {
    assert.equal(named(name), name.normalize('NFC'), name)
  }
})

test('[Q34] a name comes out in Unicode NFC and without spaces around it', () => {
  assert.equal(named('  Zoe\u0308 \u00a0'), 'Zo\u00eb')
})

test('[Q34] a name has no control character, no line separator, no half a character and no change of direction', () => {
  const refused = [0, 7, 10, 13, 27, 0x7f, 0x85, 0x9f, 0x2028, 0x2029, 0xd800, 0xdfff]
  const directions = [0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069]
  for (const code of [...refused, ...directions]) {
    assert.equal(named(`a${String.fromCharCode(code)}b`), undefined, code.toString(16))
    assert.match(faultOf(`a${String.fromCharCode(code)}b`) ?? '', /not allowed/)
  }
})

test('[Q34] a name shows at least one character, of at most 64, and does not pile up accents', () => {
  for (const name of [
    '',
    '   ',
    '\u200b',
    '\u200d\u200f',
    '\u3164',
    '\uffa0',
    '\u115f\u1160',
    '\u2800',
    '\u0301',
    '\ufeff',
  ]) {
    assert.equal(named(name), undefined, JSON.stringify(name))
  }
  assert.equal(named('x'.repeat(64)), 'x'.repeat(64))
  assert.equal(named('x'.repeat(65)), undefined)
  assert.equal(named(`Z${'\u0335'.repeat(5)}`), `Z${'\u0335'.repeat(5)}`)
  assert.equal(named(`Z${'\u0335'.repeat(6)}`), undefined)
})

test('[Q34] a name that is taken is taken again as it is, whatever was written', async (t) => {
  await checkProperty(
    t,
    2_000,
    fc.property(fc.string({ unit: 'binary', maxLength: 70 }), (text) => {
      const once = named(text)
      assert.ok(once === undefined || (once === once.normalize('NFC') && !/\p{Cc}/u.test(once)))
      assert.ok(once === undefined || named(once) === once)
    }),
  )
})

test('[Q35] the API takes names and metadata by this rule', () => {
  assert.equal(joinRequest.parse({ displayName: ' Zoe\u0308 ' }).displayName, 'Zo\u00eb')
  assert.equal(joinRequest.safeParse({ displayName: 'Ana\u202e' }).success, false)
  const metadata = (entry: Record<string, string>) => createRoomRequest.safeParse({ metadata: entry })
  assert.deepEqual(metadata({ topic: 'Zoe\u0308' }).data?.metadata, { topic: 'Zo\u00eb' })
  for (const text of ['a\r\nb', '\u202e', '\u2066x', '\u0000', ' ', '\u3164']) {
    assert.equal(metadata({ topic: text }).success, false, JSON.stringify(text))
    assert.equal(metadata({ [text]: 'x' }).success, false, JSON.stringify(text))
  }
})

test('[Q36] what others wrote and said is shown without what would disturb the text around it', () => {
  const read = (name: string) =>
    participantDescription.parse({ participantId: 'a', displayName: name, language: 'en', captioned: true }).displayName
  assert.equal(read('Ana\u202e\u0000'), 'Ana')
  assert.equal(read('محمد\u200f 👩‍👧'), 'محمد\u200f 👩‍👧')
  const said = { segmentId: 's', revision: 0, participantId: 'a', language: 'en', final: true, startMs: 0, endMs: 1 }
  const heard = caption.parse({ ...said, text: 'one\r\ntwo\u2066', translations: { es: 'uno\u2028dos' } })
  assert.deepEqual([heard.text, heard.translations], ['one two', { es: 'uno dos' }])
})

test('[Q36] languages are BCP 47 tags wherever they reach others', () => {
  const person = { participantId: 'a', displayName: 'A', captioned: true }
  const said = { segmentId: 's', revision: 0, participantId: 'a', text: 'x', final: true, startMs: 0, endMs: 1 }
  for (const language of ['', 'x'.repeat(36), 'en\r\n', 'e', 'en_GB', '<b>']) {
    assert.equal(participantDescription.safeParse({ ...person, language }).success, false, language)
    assert.equal(caption.safeParse({ ...said, language }).success, false, language)
    assert.equal(caption.safeParse({ ...said, language: 'en', translations: { [language]: 'x' } }).success, false)
  }
  assert.equal(participantDescription.safeParse({ ...person, language: 'es-MX' }).success, true)
})
