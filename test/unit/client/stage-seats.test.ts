import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextSeating, nobodySeated, type Seating } from '../../../client/app/stage-seats.ts'

const PRESENT = ['a', 'b', 'c', 'd', 'e', 'f']
const PLACES = 3

/** The seating after each of these has spoken, one after the other. */
function after(speakers: readonly string[], change: Partial<Parameters<typeof nextSeating>[1]> = {}): Seating {
  return speakers.reduce(
    (seating, speaker) => nextSeating(seating, { present: PRESENT, speakers: [speaker], places: PLACES, ...change }),
    nextSeating(nobodySeated, { present: PRESENT, speakers: [], places: PLACES, ...change }),
  )
}

test('[W372] before anybody speaks, the participants who came first have the tiles', () => {
  assert.deepEqual(after([]).seats, ['a', 'b', 'c'])
})

test('[W373] a participant who has a tile and speaks moves nobody', () => {
  assert.deepEqual(after(['c', 'b', 'a', 'c']).seats, ['a', 'b', 'c'])
})

test('[W374] a participant who speaks without a tile gets that of whoever was silent longest, and nobody else moves', () => {
  assert.deepEqual(after(['a', 'b', 'c', 'e']).seats, ['e', 'b', 'c'])
  assert.deepEqual(after(['a', 'b', 'c', 'e', 'f']).seats, ['e', 'f', 'c'])
  assert.deepEqual(after(['a', 'e']).seats, ['a', 'b', 'e'])
})

test('[W374] of several participants who speak at once, those who have a tile keep it', () => {
  const seating = nextSeating(after([]), { present: PRESENT, speakers: ['f', 'a', 'b'], places: PLACES })
  assert.deepEqual(seating.seats, ['a', 'b', 'f'])
})

test('[W375] the tile of a participant who leaves goes to the latest speaker without one, and nobody else moves', () => {
  const before = after(['d', 'a', 'b', 'c'])
  assert.deepEqual(before.seats, ['a', 'b', 'c'])
  const present = ['a', 'c', 'd', 'e', 'f']
  assert.deepEqual(nextSeating(before, { present, speakers: [], places: PLACES }).seats, ['a', 'd', 'c'])
})

test('[W376] with fewer places the latest speakers stay, in their order, and with more the rest come after them', () => {
  const before = after(['a', 'b', 'c', 'b'])
  const narrow = nextSeating(before, { present: PRESENT, speakers: [], places: 2 })
  assert.deepEqual(narrow.seats, ['b', 'c'])
  const wide = nextSeating(narrow, { present: PRESENT, speakers: [], places: PRESENT.length })
  assert.deepEqual(wide.seats, ['b', 'c', 'a', 'd', 'e', 'f'])
})

test('[W377] a speaker who is not to be seated takes no tile, and a participant who left is forgotten', () => {
  const seating = nextSeating(after(['d', 'a']), { present: ['a', 'b'], speakers: ['me'], places: PLACES })
  assert.deepEqual(seating, { seats: ['a', 'b'], spoken: ['a'] })
})

test('[W378] where nothing changes the seating stays the same object, so that the page draws nothing anew', () => {
  const before = after(['a', 'e'])
  assert.equal(nextSeating(before, { present: PRESENT, speakers: ['e'], places: PLACES }), before)
})
