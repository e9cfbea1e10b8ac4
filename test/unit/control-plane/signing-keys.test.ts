import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { generateSigningKeys, loadSigningKeys, readSigningKeys } from '../../../control-plane/signing-keys.ts'
import { type JoinGrant, localKeys, signJoinToken, verifyJoinToken } from '../../../shared/token.ts'

const NOW = 1_767_225_600_000

const grant: JoinGrant = {
  tokenId: 'token',
  nodeId: 'node-1',
  roomId: 'standup',
  epoch: 1,
  participantId: 'ada',
  displayName: 'Ada',
  language: 'en',
  maxParticipants: 5,
  emptyTimeoutSeconds: 5,
  expiresAt: NOW + 60_000,
}

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jbcalling-keys-'))
})
after(() => rm(folder, { recursive: true }))

test('[K1] of many who start at once on a missing file all get the same key, which only its owner may read', async () => {
  const file = join(folder, 'new', 'keys.json')
  const loaded = await Promise.all(Array.from({ length: 8 }, () => loadSigningKeys(file)))
  assert.equal(new Set(loaded.map(({ current }) => current.kid)).size, 1)
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  assert.deepEqual(await readdir(join(folder, 'new')), ['keys.json'])
})

test('[K1] a key in a file is the same after a restart', async () => {
  const file = join(folder, 'keys.json')
  const [first, second] = [await loadSigningKeys(file), await loadSigningKeys(file)]
  assert.deepEqual(first.jwks, second.jwks)
})

test('[K2] the first key signs, and tokens of the others are still good', async () => {
  const [old, fresh] = [await generateSigningKeys(), await generateSigningKeys()].map(
    (json) => JSON.parse(json).keys[0],
  )
  const before = await readSigningKeys(JSON.stringify(old))
  const { d: _retired, ...oldPublic } = old
  const rotated = await readSigningKeys(JSON.stringify({ keys: [fresh, oldPublic] }))
  assert.notEqual(rotated.current.kid, before.current.kid)
  for (const { current } of [before, rotated]) {
    const token = await signJoinToken(current, grant)
    assert.deepEqual(await verifyJoinToken(token, { keys: localKeys(rotated.jwks), nodeId: 'node-1', now: NOW }), grant)
  }
})

test('[K2] a token of a key that is not published is refused', async () => {
  const [ours, theirs] = [await generateSigningKeys(), await generateSigningKeys()]
  const token = await signJoinToken((await readSigningKeys(theirs)).current, grant)
  const keys = localKeys((await readSigningKeys(ours)).jwks)
  await assert.rejects(verifyJoinToken(token, { keys, nodeId: 'node-1', now: NOW }), { code: 'token_invalid' })
})

test('[K3] what is not an Ed25519 key is refused without being quoted', async () => {
  const { d: _private, ...publicOnly } = JSON.parse(await generateSigningKeys()).keys[0]
  for (const wrong of [
    'secret',
    '{"secret":1}',
    '{"keys":[]}',
    '{"kty":"oct","k":"secret"}',
    JSON.stringify(publicOnly),
  ]) {
    await assert.rejects(readSigningKeys(wrong), (error: Error) => {
      assert.match(error.message, /signing key/)
      assert.doesNotMatch(error.message, /secret/)
      return true
    })
  }
})

test('[K30] a join token whose name or participant breaks their rule lets nobody in, though it is signed', async () => {
  const { current, jwks } = await readSigningKeys(await generateSigningKeys())
  const check = async (changes: Partial<JoinGrant>) =>
    verifyJoinToken(await signJoinToken(current, { ...grant, ...changes }), {
      keys: localKeys(jwks),
      nodeId: 'node-1',
      now: NOW,
    })
  assert.equal((await check({ displayName: 'Zoe\u0308' })).displayName, 'Zo\u00eb')
  for (const changes of [
    { displayName: 'Ada\r\nBob' },
    { displayName: 'Ada\u202e' },
    { displayName: '\u3164' },
    { participantId: 'a b' },
    { participantId: 'ada\r\na=candidate' },
  ]) {
    await assert.rejects(check(changes), { code: 'token_invalid' }, JSON.stringify(changes))
  }
})
