import assert from 'node:assert/strict'
import { test } from 'node:test'
import { captionText, MAX_CAPTION_LENGTH } from '../../../media-node/captions/caption-text.ts'
import { SegmentTexts } from '../../../media-node/captions/engines/segment-texts.ts'
import { wordFlicker } from '../../../media-node/captions/word-flicker.ts'
import { joinedTexts, spokenWordsOf, withoutTokenSpaces, wordsOf } from '../../../media-node/captions/written-words.ts'
import { wordErrorRate } from '../../speech/word-error-rate.ts'

test('[G380] texts that follow one another are joined as their script is written, with a space only where it has one', () => {
  const joined: readonly [readonly string[], string][] = [
    [['今日は', '天気が', 'とても', 'いいですね。'], '今日は天気がとてもいいですね。'],
    [['今天用', 'iPhone', '拍了。', 'OK', '！'], '今天用 iPhone 拍了。OK！'],
    [['สวัสดี', 'ครับ'], 'สวัสดีครับ'],
    [['오늘은', '날씨가'], '오늘은 날씨가'],
    [[' We will', '', 'meet. '], 'We will meet.'],
  ]
  for (const [texts, expected] of joined) assert.equal(joinedTexts(texts), expected)
  const segments = new SegmentTexts()
  segments.say('a', ' 今日は', true)
  segments.say('b', '天気が ', false)
  assert.equal(segments.text, '今日は天気が')
})

test('[G381] spaces between tokens go where the script has none, and stay between words of others', () => {
  assert.equal(withoutTokenSpaces('毎日 夕方 に 買い物 に 行く 。'), '毎日夕方に買い物に行く。')
  assert.equal(withoutTokenSpaces('今天 用 iPhone 拍'), '今天用 iPhone 拍')
  for (const text of ['오늘은 날씨가 좋습니다', 'we will meet again']) assert.equal(withoutTokenSpaces(text), text)
})

test('[G382] words are told apart in scripts without spaces, so that one that is added rewrites none', () => {
  assert.deepEqual(wordsOf('今天用 iPhone 拍了。'), ['今天', '用', 'iPhone', '拍', '了'])
  assert.deepEqual(wordsOf('อากาศดีมาก'), ['อากาศ', 'ดี', 'มาก'])
  assert.deepEqual(wordFlicker('今日は天気が', '今日は天気がとても'), { shown: 1, rewritten: 0 })
})

test('[G313] of what was spoken only the words count, with or without spaces, and no punctuation', () => {
  assert.deepEqual(spokenWordsOf('oui !'), ['oui'])
  assert.deepEqual(spokenWordsOf('天気がいい。'), ['天気', 'が', 'いい'])
  assert.deepEqual(spokenWordsOf(' … '), [])
})

test('[G383] a text that is too long ends after a word without a space too, and never within a letter or an emoji', () => {
  const words = (text: string) => new Set(text.match(/今日|天気|…|./gsu))
  for (const odd of ['', 'は']) {
    const text = captionText(odd + '今日天気'.repeat(MAX_CAPTION_LENGTH))
    assert.ok(text.length > MAX_CAPTION_LENGTH - 5 && text.length <= MAX_CAPTION_LENGTH)
    assert.deepEqual(words(text.replace(odd, '')), new Set(['今日', '天気', '…']))
  }
  const family = '👨‍👩‍👧'
  assert.equal(captionText(family.repeat(1_000)).replaceAll(family, ''), '…')
})

test('[G384] recognition of a language without spaces is measured by the character', () => {
  assert.equal(wordErrorRate('今日は天気がいい', '今日は元気がいい'), 1 / 8)
  assert.equal(wordErrorRate('we will meet', 'we will eat'), 1 / 3)
})
