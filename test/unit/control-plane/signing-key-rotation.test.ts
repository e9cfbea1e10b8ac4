import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rotateSigningKeys } from '../../../control-plane/signing-key-rotation.ts'
import { generateSigningKeys, readSigningKeys, type SigningKeys } from '../../../control-plane/signing-keys.ts'

const kids = ({ jwks }: SigningKeys) => jwks.keys.map(({ kid }) => kid)

test('[K20] of keys rotated again and again, each is published a turn before it signs and a turn after', async () => {
  let json = await rotateSigningKeys(undefined)
  let before = await readSigningKeys(json)
  assert.equal(kids(before).length, 2)
  for (let turn = 0; turn < 4; turn += 1) {
    json = await rotateSigningKeys(json)
    const now = await readSigningKeys(json)
    assert.ok(kids(before).includes(now.current.kid), 'whoever is a turn behind knows the key that signs')
    assert.ok(kids(now).includes(before.current.kid), 'whoever is a turn ahead knows the key that signed')
    assert.notEqual(now.current.kid, before.current.kid)
    assert.equal(kids(now).length, 3)
    before = now
  }
})

test('[K20] a key that was not published before does not sign at once, and one that signed loses its private part', async () => {
  const alone = await generateSigningKeys()
  const first = await rotateSigningKeys(alone)
  assert.equal((await readSigningKeys(first)).current.kid, (await readSigningKeys(alone)).current.kid)
  const { keys } = JSON.parse(await rotateSigningKeys(first))
  assert.deepEqual(
    keys.map((key: object) => 'd' in key),
    [true, true, false],
  )
})

test('[K20] what is no key set, as the secret is when it is made, is followed by new keys', async () => {
  for (const none of ['', 'x', '{}', '{"keys":[]}']) {
    assert.equal(kids(await readSigningKeys(await rotateSigningKeys(none))).length, 2)
  }
})
