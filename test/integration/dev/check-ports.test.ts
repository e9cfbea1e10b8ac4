import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { takenPort } from '../../../dev/check-ports.ts'
import { freePort } from '../../../dev/free-port.ts'

const oneNode = { nodes: 1, workersPerNode: 1 }

for (const host of ['127.0.0.1', '0.0.0.0']) {
  test(`[E8] a taken port (${host}) is named with who has it and the option that helps`, async () => {
    const port = await freePort()
    const holder = createServer().listen(port, host)
    await once(holder, 'listening')
    const message = (await takenPort({ ...oneNode, port, mediaPort: 1 })) ?? ''
    assert.match(message, new RegExp(`Port ${port}, for the page and the API, is taken by process ${process.pid} `))
    assert.match(message, /npm start -- --port \d+/)
    holder.close()
  })
}

test('[E8] a port for media counts as taken when only its UDP is, and who has it is named', async () => {
  const [port, mediaPort] = [await freePort(), await freePort()]
  const holder = createSocket('udp4').bind(mediaPort, '127.0.0.1')
  await once(holder, 'listening')
  const message = await takenPort({ ...oneNode, port, mediaPort })
  assert.match(
    message ?? '',
    new RegExp(
      `Port ${mediaPort}, for the media of media node 1, is taken by process ${process.pid} .*\\n.*MEDIA_PORT=\\d+`,
    ),
  )
  holder.close()
})

test('[E11] a port that was found free is none that Linux would give to a connection before it is bound', async () => {
  const lowestGiven = 32_768
  const ports = await Promise.all(Array.from({ length: 50 }, freePort))
  assert.deepEqual(
    ports.filter((port) => port >= lowestGiven),
    [],
  )
})
