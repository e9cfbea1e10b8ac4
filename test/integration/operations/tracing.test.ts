import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { loggedRoom } from '../../../shared/logging.ts'
import { TestClient } from '../media-node/test-client.ts'
import { until } from '../media-node/until.ts'
import { startTwoProcesses, type TwoProcesses } from './two-processes.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const OTHER_TRACE = '0af7651916cd43dd8448eb211c80319c'
const traceparent = (traceId: string) => ({ traceparent: `00-${traceId}-00f067aa0ba902b7-01` })

let processes: TwoProcesses
before(async () => {
  processes = await startTwoProcesses()
})
after(() => processes.stop())

/** What the lines with an id say, in a process. */
function messages(of: 'controlPlane' | 'mediaNode', id: string): string[] {
  return processes.lines[of].filter((line) => line.includes(id)).map((line) => JSON.parse(line).msg)
}

test('[V10] a join can be followed from its request until the participant goes by one trace id, in both processes', async () => {
  const { client, answer, response } = await processes.join('traced', 'Ada', traceparent(TRACE))
  await processes.join('traced', 'Grace', traceparent(OTHER_TRACE))
  assert.match(response.headers.get('traceparent') ?? '', new RegExp(`^00-${TRACE}-`))
  await client.request('leave', {})
  await until(() => assert.ok(messages('mediaNode', TRACE).includes('participant closed')))
  assert.deepEqual(messages('controlPlane', TRACE), ['participant sent to a media node', 'request answered'])
  const of = processes.lines.mediaNode.filter((line) => line.includes(answer.participantId))
  assert.ok(of.length >= 6 && of.every((line) => line.includes(TRACE)), 'every line of this participant has the id')
  assert.deepEqual(messages('mediaNode', TRACE).slice(0, 1), ['participant opened'])
  assert.ok(messages('mediaNode', OTHER_TRACE).includes('participant opened'))
})

test('[V10] a join that a media node refuses has one line with its trace id and the reason', async () => {
  const traceId = 'b7ad6b7169203331b7ad6b7169203331'
  const { answer } = await processes.join('refused', 'Ada', traceparent(traceId))
  const again = new TestClient(answer.url, { token: answer.token })
  assert.equal((await again.whenClosed()).reason, 'token_replayed')
  const refused = processes.lines.mediaNode.filter((line) => line.includes(traceId) && line.includes('join refused'))
  assert.equal(refused.length, 1)
  assert.match(refused[0] ?? '', /"reason":"token_replayed"/)
})

test('[V30] no line has the id of a room, which lets its holder in, and the lines of both processes have its hash', async () => {
  const roomId = 'a-room-that-nobody-is-to-guess'
  const { client } = await processes.join(roomId, 'Ada')
  await client.request('leave', {})
  await until(() => assert.ok(messages('mediaNode', loggedRoom(roomId)).includes('room closed')))
  for (const lines of Object.values(processes.lines)) {
    assert.doesNotMatch(lines.join('\n'), new RegExp(roomId))
  }
  assert.ok(messages('controlPlane', loggedRoom(roomId)).includes('participant sent to a media node'))
  assert.ok(messages('controlPlane', loggedRoom(roomId)).includes('room allocated'))
  assert.ok(messages('mediaNode', loggedRoom(roomId)).includes('participant opened'))
})
