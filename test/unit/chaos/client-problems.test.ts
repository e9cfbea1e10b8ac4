import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientProblems, type SeenClient } from '../../chaos/checks/client-problems.ts'
import { movedRooms } from '../../chaos/checks/moved-rooms.ts'
import type { ClientView } from '../../chaos/clients/participant/chaos-participant.ts'

const HOST = '10.77.0.11:8081'
const NOW = 50_000
const plan = { roomId: 'red', hasCamera: true, readsCaptions: true, isCaptioned: false }
const live = (source: string) => ({ source, status: 'live', paused: false })
const benView: ClientView = {
  phase: 'connected',
  participantId: 'ben',
  others: [{ participantId: 'ana', tracks: [live('microphone'), live('camera')] }],
  publishes: ['microphone', 'camera'],
  readsCaptions: true,
  forgotten: 0,
  finals: [],
  ways: [
    { participantId: 'ana', source: 'microphone', last: NOW - 20, gaps: [] },
    { participantId: 'ana', source: 'camera', last: NOW - 200, gaps: [] },
  ],
  stalls: [],
  events: [],
}
const ana: SeenClient = {
  client: { name: 'Ana', participantId: 'ana', plan: { ...plan, name: 'Ana' }, hosts: [HOST] },
  view: benView,
}

function problemsOf(view: Partial<ClientView>, hosts: readonly string[] = [HOST]): readonly string[] {
  const client = { name: 'Ben', participantId: 'ben', plan: { ...plan, name: 'Ben' }, hosts }
  return clientProblems({ client, view: { ...benView, ...view } }, { others: [ana], host: HOST, now: NOW })
}

test('[Y7] a client on the right media node that sends, sees and hears everybody has no problem', () => {
  assert.deepEqual(problemsOf({}), [])
})

const wrongs: readonly { readonly what: string; readonly view: Partial<ClientView>; readonly hosts?: string[] }[] = [
  { what: 'a call that has ended', view: { phase: 'ended', error: 'connection_lost' } },
  { what: 'another participant than before', view: { participantId: 'ben-again' } },
  { what: 'a track that is no longer sent', view: { publishes: ['microphone'] } },
  { what: 'captions that are off', view: { readsCaptions: false } },
  { what: 'captions that have gone from the transcript', view: { forgotten: 2 } },
  { what: 'another media node', view: {}, hosts: ['10.77.0.12:8082'] },
  { what: 'a second connection', view: {}, hosts: [HOST, '10.77.0.12:8082'] },
  { what: 'somebody who is gone', view: { others: [] } },
  { what: 'the same one twice', view: { others: [...benView.others, ...benView.others] } },
  { what: 'a track that is missing', view: { others: [{ participantId: 'ana', tracks: [live('camera')] }] } },
  { what: 'a track that does not play', view: { ways: benView.ways.map((way) => ({ ...way, last: NOW - 2_000 })) } },
]
for (const { what, view, hosts } of wrongs) {
  test(`[Y7] ${what} is a problem`, () => {
    assert.notDeepEqual(problemsOf(view, hosts), [])
  })
}

test('[Y7] a room that comes to another media node without need is a problem, and one that may move is none', () => {
  const before = new Map([
    ['red', 'node-1'],
    ['green', 'node-2'],
  ])
  const after = new Map([
    ['red', 'node-3'],
    ['green', 'node-3'],
  ])
  assert.deepEqual(movedRooms(before, after, new Set(['red'])), ['green moved from node-2 to node-3 without need'])
  assert.deepEqual(movedRooms(before, before, new Set()), [])
})
