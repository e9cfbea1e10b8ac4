import assert from 'node:assert/strict'
import { test } from 'node:test'
import { invitationLink, roomIdOf, roomInAddress } from '../../../client/app/room-name.ts'
import { roomId } from '../../../shared/api.ts'
import { newRoomId } from '../../../shared/protocol/new-room-id.ts'

test('whatever is typed becomes a room id that the API accepts, or nothing', () => {
  for (const typed of ['Team stand-up', '  spaces  ', '-_-dashes', 'Überblick', '🎉 party', 'x'.repeat(200), '<b>']) {
    const id = roomIdOf(typed)
    assert.ok(id === '' || roomId.safeParse(id).success, `${typed} became ${id}`)
  }
  assert.equal(roomIdOf('Team stand-up'), 'Team-stand-up')
  assert.equal(roomIdOf('🎉'), '')
})

test('[W320] the page and the API make names of the same kind: 51 bits of the cryptographic source, read out with ease', (t) => {
  const names = new Set(Array.from({ length: 2_000 }, newRoomId))
  assert.equal(names.size, 2_000)
  for (const name of names) {
    assert.ok(roomId.safeParse(name).success)
    assert.match(name, /^[bcdfghjkmnpqrstvwxz]{4}(-[bcdfghjkmnpqrstvwxz]{4}){2}$/)
  }
  const letters = new Set([...names].join(''))
  assert.ok(Math.log2(letters.size - 1) * 12 >= 50, 'the dash is no letter')
  t.mock.method(Math, 'random', () => assert.fail('a guessable source'))
  newRoomId()
})

test('[W320] every letter of a name is as likely: the bytes that would favour some are thrown away', (t) => {
  let next = 0
  t.mock.method(crypto, 'getRandomValues', (bytes: Uint8Array) => {
    bytes[0] = next % 256
    next += 1
    return bytes
  })
  const counts = new Map<string, number>()
  while (next < 256 * 12 * 20)
    for (const letter of newRoomId().replaceAll('-', '')) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  const seen = [...counts.values()]
  assert.ok(Math.max(...seen) - Math.min(...seen) <= 12)
})

test('an invitation leads to the room it names', () => {
  const link = invitationLink('https://calls.example/?room=other#top', 'weekly-standup')
  assert.equal(link, 'https://calls.example/?room=weekly-standup')
  assert.equal(roomInAddress(link), 'weekly-standup')
})
