import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateSigningKeys, readSigningKeys } from '../../../control-plane/signing-keys.ts'
import { type JoinAnswer, joinAnswer } from '../../../shared/api.ts'
import {
  localKeys,
  REJOIN_TTL_SECONDS,
  signJoinToken,
  signRejoinToken,
  verifyJoinToken,
} from '../../../shared/token.ts'
import { assertProblem, nodeReport, testControlPlane } from './test-control-plane.ts'

async function plane() {
  const made = testControlPlane()
  await made.registry.heartbeat(nodeReport('node-1'))
  for (const roomId of ['standup', 'retro']) await made.post('/v1/rooms', { roomId })
  const join = async (other: object = {}, roomId = 'standup'): Promise<JoinAnswer> => {
    await made.registry.heartbeat(nodeReport('node-1'))
    const answer = await made.post(`/v1/rooms/${roomId}/join`, { displayName: 'Ada', ...other })
    return joinAnswer.parse(await answer.json())
  }
  return { ...made, join }
}

test('[R11] who joins again with the rejoin token is the same participant, as often as they like', async () => {
  const { clock, signingKeys, join } = await plane()
  const first = await join()
  const second = await join({ rejoinToken: first.rejoinToken, displayName: 'Ada L.' })
  const third = await join({ rejoinToken: second.rejoinToken })
  assert.deepEqual([second.participantId, third.participantId], [first.participantId, first.participantId])
  assert.notEqual(second.token, first.token)
  const keys = localKeys(signingKeys.jwks)
  const grant = await verifyJoinToken(second.token, { keys, nodeId: 'node-1', now: clock.now() })
  assert.deepEqual([grant.participantId, grant.displayName], [first.participantId, 'Ada L.'])
})

test('[R12] a rejoin token is good for a day', async () => {
  const { clock, join } = await plane()
  const { participantId, rejoinToken } = await join()
  clock.advance((REJOIN_TTL_SECONDS - 1) * 1_000)
  assert.equal((await join({ rejoinToken })).participantId, participantId)
  clock.advance(10_000)
  assert.notEqual((await join({ rejoinToken })).participantId, participantId)
})

test('[R12] what is no rejoin token of ours makes somebody new', async () => {
  const { clock, signingKeys, join } = await plane()
  const { participantId, token, rejoinToken } = await join()
  const stranger = await readSigningKeys(await generateSigningKeys())
  const forged = await signRejoinToken(stranger.current, { roomId: 'standup', participantId }, clock.now())
  const [head, , signature] = rejoinToken.split('.')
  const altered = [head, Buffer.from('{}').toString('base64url'), signature].join('.')
  const grant = await verifyJoinToken(token, { keys: localKeys(signingKeys.jwks), nodeId: 'node-1', now: clock.now() })
  const ofNamesake = await signJoinToken(signingKeys.current, { ...grant, nodeId: 'rejoin' })
  for (const given of [token, ofNamesake, forged, altered, 'rubbish', '']) {
    assert.notEqual((await join({ rejoinToken: given })).participantId, participantId, given)
  }
})

test('[R13] a rejoin token of another room is refused', async () => {
  const { post, join } = await plane()
  const { rejoinToken } = await join({}, 'retro')
  await assertProblem(await post('/v1/rooms/standup/join', { displayName: 'Ada', rejoinToken }), 401, 'token_invalid')
})

test('[R13] a rejoin token lets nobody into a media node', async () => {
  const { clock, signingKeys, join } = await plane()
  const { rejoinToken } = await join()
  const keys = localKeys(signingKeys.jwks)
  for (const nodeId of ['node-1', 'rejoin']) {
    await assert.rejects(verifyJoinToken(rejoinToken, { keys, nodeId, now: clock.now() }), ({ code }) =>
      ['wrong_node', 'token_invalid'].includes(code),
    )
  }
})
