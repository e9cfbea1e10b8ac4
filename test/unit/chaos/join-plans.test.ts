import assert from 'node:assert/strict'
import { test } from 'node:test'
import { roomCounts } from '../../chaos/checks/room-counts.ts'
import { joinPlans } from '../../chaos/clients/join-plans.ts'

const rooms = ['red', 'green', 'blue']
const plans = (clients: number) => joinPlans({ clients, rooms, speechUrl: '/speech.wav' })

test('[Y5] every room has at least two clients, and one of them at the second place', () => {
  for (const clients of [6, 7, 8, 12]) {
    for (const room of rooms) {
      const members = plans(clients).filter(({ roomId }) => roomId === room)
      assert.ok(members.length >= 2, `${clients} clients`)
      assert.equal(members.filter(({ place }) => place === 1).length, 1)
    }
  }
})

test('[Y13] two clients are real browsers, one at each place, and all others need none', () => {
  for (const clients of [6, 8, 12]) {
    const pages = plans(clients).filter(({ inBrowser }) => inBrowser)
    assert.deepEqual(
      pages.map(({ place }) => place),
      [0, 1],
    )
    assert.ok(pages.some(({ hasCamera, speech }) => hasCamera && speech !== undefined))
  }
})

test('[Y5] one client speaks and is captioned, and everybody in its room reads along', () => {
  const speaking = plans(8).filter(({ speech }) => speech !== undefined)
  assert.deepEqual(
    speaking.map(({ roomId, isCaptioned }) => [roomId, isCaptioned]),
    [['red', true]],
  )
  const readers = plans(8).filter(({ readsCaptions }) => readsCaptions)
  assert.deepEqual(
    readers,
    plans(8).filter(({ roomId }) => roomId === 'red'),
  )
})

test('[Y5] what a media node should hold is counted from who is in its rooms', () => {
  const all = plans(8)
  const members = rooms.map((room) => all.filter(({ roomId }) => roomId === room))
  assert.deepEqual(roomCounts(members), {
    rooms: 3,
    participants: 8,
    connections: 8,
    // Two for each participant, and one for the taps of the room in which captions are read.
    transports: 17,
    producers: 11,
    // Rooms of three, three and two, with a camera in each: 2 × 4, 2 × 4 and 1 × 3.
    consumers: 19,
    taps: 1,
  })
  assert.equal(roomCounts([]).rooms, 0)
})
