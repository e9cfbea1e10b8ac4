import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lookedUpAddress, withLookedUpHost } from '../../../media-node/looked-up-address.ts'
import { signallingUrl } from '../../../media-node/signalling/signalling-url.ts'
import { SettingsError } from '../../../shared/settings.ts'

const never = async () => assert.fail('nothing is looked up')

test('[M130] an address is announced as it is', async () => {
  for (const address of ['203.0.113.7', '2001:db8::7'])
    assert.equal(await lookedUpAddress('MEDIA_ADDRESS', address, never), address)
})

test('[M130] a host name is announced as the address it has', async () => {
  const asked: string[] = []
  const lookUp = async (name: string) => {
    asked.push(name)
    return { address: '203.0.113.7' }
  }
  assert.equal(await lookedUpAddress('MEDIA_ADDRESS', 'host-1.media.example.com', lookUp), '203.0.113.7')
  assert.deepEqual(asked, ['host-1.media.example.com'])
})

test('[M130] a host name without an address is a wrong setting', async () => {
  const lookUp = async () => {
    throw new Error('ENOTFOUND secret.example.com')
  }
  await assert.rejects(
    lookedUpAddress('MEDIA_ADDRESS', 'secret.example.com', lookUp),
    (error) => error instanceof SettingsError && /MEDIA_ADDRESS/.test(error.message) && !/secret/.test(error.message),
  )
})

test('[M131] signalling is below the path by which a proxy knows this media node', () => {
  assert.equal(signallingUrl('wss://example.com/media/node-1'), 'wss://example.com/media/node-1/v1/signalling')
  assert.equal(signallingUrl('wss://example.com/media/node-1/'), 'wss://example.com/media/node-1/v1/signalling')
  assert.equal(signallingUrl('wss://node-1.example.com'), 'wss://node-1.example.com/v1/signalling')
  assert.equal(signallingUrl('ws://localhost:8081'), 'ws://localhost:8081/v1/signalling')
})

test('[M132] where a media node is inside it says by its address, which its name in a DNS may not outlive', async () => {
  const at = (address: string) => async () => ({ address })
  const inside = (url: string, address: string) => withLookedUpHost('INTERNAL_URL', url, at(address))
  assert.equal(await inside('http://media.host-1:8081', '10.0.1.7'), 'http://10.0.1.7:8081')
  assert.equal(await inside('https://media.host-1:8081/', 'fd00::7'), 'https://[fd00::7]:8081')
  for (const url of ['http://10.0.1.7:8081', 'http://[fd00::7]:8081']) {
    assert.equal(await withLookedUpHost('INTERNAL_URL', url, never), url)
  }
})
