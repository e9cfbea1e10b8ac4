import assert from 'node:assert/strict'
import { test } from 'node:test'
import { friendlyRoomName, invitationLink, roomIdOf, roomInAddress } from '../../../client/app/room-name.ts'
import { roomId } from '../../../shared/api.ts'

test('whatever is typed becomes a room id that the API accepts, or nothing', () => {
  for (const typed of ['Team stand-up', '  spaces  ', '-_-dashes', 'Überblick', '🎉 party', 'x'.repeat(200), '<b>']) {
    const id = roomIdOf(typed)
    assert.ok(id === '' || roomId.safeParse(id).success, `${typed} became ${id}`)
  }
  assert.equal(roomIdOf('Team stand-up'), 'Team-stand-up')
  assert.equal(roomIdOf('🎉'), '')
})

test('a friendly name is a room id, at both ends of chance', () => {
  for (const chance of [0, 0.999_999]) assert.ok(roomId.safeParse(friendlyRoomName(() => chance)).success)
})

test('an invitation leads to the room it names', () => {
  const link = invitationLink('https://calls.example/?room=other#top', 'weekly-standup')
  assert.equal(link, 'https://calls.example/?room=weekly-standup')
  assert.equal(roomInAddress(link), 'weekly-standup')
})
