import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import type { TestClient } from './test-client.ts'
import { TestNode } from './test-node.ts'

let node: TestNode

before(async () => {
  node = await TestNode.start()
})
afterEach(() => node.empty())
after(() => node.close())

/** What a client was told of this event and has not taken, once the node has answered it. */
async function told({ client }: { client: TestClient }, event: string): Promise<unknown[]> {
  await client.request('ping', {})
  return client.inbox.filter((message) => message.event === event).map(({ data }) => data)
}

test('[M45] who speaks another language or opts out is described so to the others, and to who comes later', async () => {
  const speaker = await node.join({ participantId: 'speaker', displayName: 'Ann' })
  const other = await node.join()
  await speaker.client.request('set-speech', { language: 'es-MX' })
  await speaker.client.request('set-speech', { captioned: false })
  await speaker.client.request('set-speech', {})
  const ann = { participantId: 'speaker', displayName: 'Ann', language: 'es-MX' }
  assert.deepEqual(await told(other, 'participant-changed'), [
    { ...ann, captioned: true },
    { ...ann, captioned: false },
    { ...ann, captioned: false },
  ])
  assert.deepEqual(await told(speaker, 'participant-changed'), [])
  const { welcome } = await node.join()
  assert.deepEqual(welcome.participants[0], { ...ann, captioned: false })
})

test('[M46] set-speech with anything else is bad_request and changes nothing, and before the welcome it is refused', async () => {
  const { client } = await node.join({ participantId: 'speaker' })
  const other = await node.join()
  const bad = [
    { language: 'not a language' },
    { language: '' },
    { language: null },
    { captioned: 'no' },
    { captioned: 0 },
  ]
  for (const data of bad) {
    const { error } = Object(await client.send({ method: 'set-speech', data }))
    assert.equal(error?.code, 'bad_request', JSON.stringify(data))
  }
  assert.deepEqual(await told(other, 'participant-changed'), [])
  const early = await node.connect()
  await assert.rejects(early.request('set-speech', { captioned: false }), /invalid_state/)
})

test('[M47] everybody hears when the first one turns captions on and the last one off or goes, and who comes meanwhile', async () => {
  const [one, two, three] = [await node.join(), await node.join(), await node.join()]
  const everybody = [one, two, three]
  const allTold = async (expected: boolean[]) => {
    for (const joined of everybody) {
      const active = expected.map((value) => ({ active: value }))
      assert.deepEqual(await told(joined, 'captions-active'), active)
    }
  }
  await one.client.request('set-captions', { enabled: true })
  await two.client.request('set-captions', { enabled: true, language: 'es' })
  await allTold([true])
  await one.client.request('set-captions', { enabled: false })
  await allTold([true])
  const late = await node.join()
  assert.deepEqual(late.client.inbox, [{ event: 'captions-active', data: { active: true } }])
  await two.client.request('leave', {})
  assert.deepEqual(
    two.client.inbox.filter(({ event }) => event === 'captions-active'),
    [{ event: 'captions-active', data: { active: true } }],
  )
  everybody.splice(1, 1)
  await one.client.next('participant-left')
  await allTold([true, false])
  const { client } = await node.join()
  await client.request('ping', {})
  assert.ok(client.inbox.every(({ event }) => event !== 'captions-active'))
})

test('[M48] a reading language is a language, and without one it is the language spoken', async () => {
  const { client } = await node.join({ language: 'es' })
  for (const language of ['', 'not a language', 7]) {
    const { error } = Object(await client.send({ method: 'set-captions', data: { enabled: true, language } }))
    assert.equal(error?.code, 'bad_request')
  }
  assert.deepEqual(await client.request('set-captions', { enabled: true }), { captions: [] })
  assert.deepEqual(await client.request('set-captions', { enabled: true, language: 'fr' }), { captions: [] })
})
