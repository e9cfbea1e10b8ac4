import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { capabilities, fingerprint, opus, vp8Simulcast } from './rtp.ts'
import { produceBoth, TestNode } from './test-node.ts'

let node: TestNode

before(async () => {
  node = await TestNode.start()
})
afterEach(() => node.empty())
after(() => node.close())

test('[M1] whoever joins is welcomed with all a client needs, and those in the room hear of it', async () => {
  const first = await node.join({ participantId: 'first', displayName: 'First', language: 'es' })
  const second = await node.join({ participantId: 'second', displayName: 'Second' })
  assert.deepEqual(await first.client.next('participant-joined'), {
    participantId: 'second',
    displayName: 'Second',
    language: 'en',
    captioned: true,
  })
  const { welcome } = second
  assert.deepEqual(welcome.participants, [
    { participantId: 'first', displayName: 'First', language: 'es', captioned: true },
  ])
  assert.deepEqual([welcome.roomId, welcome.participantId, welcome.epoch], ['room', 'second', 1])
  assert.notEqual(welcome.sendTransport.transportId, welcome.receiveTransport.transportId)
  assert.deepEqual(welcome.sendTransport.iceCandidates.map(({ protocol }) => protocol).sort(), ['tcp', 'udp'])
  const codecs = welcome.routerRtpCapabilities.codecs?.map(({ mimeType }) => mimeType) ?? []
  for (const codec of ['audio/opus', 'video/VP8', 'video/VP9', 'video/H264', 'video/AV1']) {
    assert.ok(codecs.includes(codec), codec)
  }
})

test('[M2] a new track reaches those who receive as a paused consumer, and later comers in the reply to receive', async () => {
  const [speaker, reader] = [await node.join({ participantId: 'speaker' }), await node.join()]
  const producerIds = await produceBoth(speaker, 1_000)
  const pushed = [await reader.client.next('consumer-created'), await reader.client.next('consumer-created')]
  assert.deepEqual(pushed.map(({ producerId }) => producerId).sort(), producerIds.toSorted())
  assert.deepEqual(pushed.map(({ source }) => source).sort(), ['camera', 'microphone'])
  for (const { consumerId } of pushed) await reader.client.request('resume-consumer', { consumerId })

  const late = await node.join()
  assert.deepEqual(late.consumers.map(({ producerId }) => producerId).sort(), producerIds.toSorted())
  assert.ok(late.consumers.every(({ participantId, producerPaused }) => participantId === 'speaker' && !producerPaused))
  await late.client.request('ping', {})
  assert.deepEqual(late.client.inbox, [])
  assert.deepEqual(
    speaker.client.inbox.map(({ event }) => event),
    ['participant-joined', 'participant-joined'],
  )
})

test('[M3] muting, unmuting and stopping a track is told to everybody who receives it', async () => {
  const [speaker, reader] = [await node.join(), await node.join()]
  const [producerId = ''] = await produceBoth(speaker, 2_000)
  const created = [await reader.client.next('consumer-created'), await reader.client.next('consumer-created')]
  const consumerId = created.find((consumer) => consumer.producerId === producerId)?.consumerId
  await speaker.client.request('pause-producer', { producerId })
  assert.deepEqual(await reader.client.next('consumer-paused'), { consumerId })
  const late = await node.join()
  assert.deepEqual(late.consumers.map((consumer) => [consumer.source, consumer.producerPaused]).sort(), [
    ['camera', false],
    ['microphone', true],
  ])
  await speaker.client.request('resume-producer', { producerId })
  assert.deepEqual(await reader.client.next('consumer-resumed'), { consumerId })
  await speaker.client.request('close-producer', { producerId })
  assert.deepEqual(await reader.client.next('consumer-closed'), { consumerId })
  const again = await speaker.client.request('produce', {
    kind: 'audio',
    source: 'microphone',
    rtpParameters: opus(2_500),
  })
  assert.equal((await reader.client.next('consumer-created')).producerId, again.producerId)
})

test('[M6] a request that does not fit now is answered so, and the connection goes on', async () => {
  const alone = await node.join()
  const { client, welcome } = alone
  const [microphone = '', camera = ''] = await produceBoth(alone, 5_000)
  const produce = { kind: 'audio' as const, source: 'microphone' as const, rtpParameters: opus(5_500) }
  await assert.rejects(client.request('produce', produce), /invalid_state/)
  await client.request('close-producer', { producerId: camera })
  await assert.rejects(client.request('produce', { ...produce, source: 'camera' }), /bad_request/)
  await assert.rejects(client.request('close-producer', { producerId: camera }), /not_found/)
  await assert.rejects(client.request('resume-consumer', { consumerId: microphone }), /not_found/)
  await assert.rejects(client.request('receive', { rtpCapabilities: capabilities }), /invalid_state/)
  const { transportId } = welcome.sendTransport
  const connect = { transportId, dtlsParameters: { role: 'client' as const, fingerprints: [fingerprint] } }
  await assert.rejects(client.request('connect-transport', { ...connect, transportId: 'nobodys' }), /not_found/)
  await client.request('connect-transport', connect)
  await assert.rejects(client.request('connect-transport', connect), /invalid_state/)
  await client.request('set-captions', { enabled: true })
  await client.request('set-captions', { enabled: false })
  await client.request('ping', {})
})

test("[M7] parameters that WebRTC cannot work with are the client's fault, not the node's", async () => {
  const { client } = await node.join()
  const unknownCodec = { ...opus(6_000), codecs: [{ mimeType: 'audio/none', payloadType: 100, clockRate: 8_000 }] }
  const badMime = { ...opus(6_000), codecs: [{ mimeType: 'nonsense', payloadType: 100, clockRate: 8_000 }] }
  for (const rtpParameters of [unknownCodec, badMime]) {
    const produce = { kind: 'audio' as const, source: 'microphone' as const, rtpParameters }
    await assert.rejects(client.request('produce', produce), /bad_request/)
  }
  await client.request('produce', { kind: 'audio', source: 'microphone', rtpParameters: opus(6_000) })
})

test('[M8] a camera of several encodings is forwarded as one stream', async () => {
  const [speaker, reader] = [await node.join(), await node.join()]
  await speaker.client.request('produce', { kind: 'video', source: 'camera', rtpParameters: vp8Simulcast(7_000) })
  const { rtpParameters } = await reader.client.next('consumer-created')
  assert.equal(rtpParameters.encodings?.length, 1)
})
