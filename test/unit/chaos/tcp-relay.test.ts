import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { after, test } from 'node:test'
import { TcpRelay } from '../../chaos/fleet/tcp-relay.ts'

const TURNS = 50

const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
assert.ok(address !== null && typeof address === 'object')
const relay = await TcpRelay.open({ host: '127.0.0.1', targetPort: address.port })
const soundRelay = await TcpRelay.open({ host: '127.0.0.1', targetPort: address.port })
after(() => {
  relay.close()
  soundRelay.close()
  server.close()
})

async function dial({ port }: { readonly port: number } = relay) {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

test('[Y6] a way that is cut keeps its connections and lets nothing through, and mended it lets new ones through', async () => {
  const old = await dial()
  old.write('before')
  assert.equal(`${(await once(old, 'data'))[0]}`, 'before')

  relay.cut()
  const said: string[] = []
  for (const socket of [old, await dial()]) {
    socket.on('data', (text) => said.push(`${text}`))
    socket.on('close', () => said.push('closed'))
    socket.write('lost')
  }
  // As long as it takes others to get an answer many times, on a way like that one.
  const other = await dial(soundRelay)
  for (let turn = 0; turn < TURNS; turn += 1) {
    other.write('other')
    await once(other, 'data')
  }
  other.destroy()
  assert.deepEqual(said, [])

  relay.mend()
  await once(old, 'close')
  const fresh = await dial()
  fresh.write('after')
  assert.equal(`${(await once(fresh, 'data'))[0]}`, 'after')
  fresh.destroy()
})

test('[Y8] a way that points elsewhere leads new connections there and leaves the open ones where they are', async (t) => {
  const other = createServer((socket) => socket.end('other')).listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.after(() => other.close())
  const place = other.address()
  assert.ok(place !== null && typeof place === 'object')
  const old = await dial(soundRelay)
  old.write('first')
  await once(old, 'data')
  soundRelay.pointTo(place.port)
  const fresh = await dial(soundRelay)
  assert.equal(`${(await once(fresh, 'data'))[0]}`, 'other')
  old.write('still there')
  assert.equal(`${(await once(old, 'data'))[0]}`, 'still there')
})
