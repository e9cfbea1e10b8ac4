import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { signallingCampaign } from '../../fuzz/signalling/campaign.ts'
import { validRequest } from '../../fuzz/signalling/hostile-message.ts'
import { SeededRandom } from '../../seeded-random.ts'
import { garble, mutate } from './mutate.ts'
import type { TestClient } from './test-client.ts'
import { TestNode } from './test-node.ts'
import { within } from './until.ts'

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_260_101)
const CLIENTS = Number(process.env['FUZZ_CLIENTS'] ?? 60)

/** Under what the rate limit lets through at once. */
const MESSAGES_PER_CLIENT = 60

/** How likely a value in a request's data is replaced; a wrong envelope ends the connection, so these are fewer. */
const DATA_CHANCE = 0.03
const ENVELOPE_CHANCE = 0.004

let node: TestNode
before(async () => {
  node = await TestNode.start({ CONNECTIONS_PER_SECOND_PER_ADDRESS: '10000' })
})
after(() => node.close())

async function play(random: SeededRandom, client: TestClient): Promise<void> {
  const welcome = await client.next('welcome')
  for (let id = 0; id < MESSAGES_PER_CLIENT; id++) {
    const { method, data } = validRequest(random, welcome)
    const message = mutate(random, { id, method, data: mutate(random, data, DATA_CHANCE) }, ENVELOPE_CHANCE)
    client.socket.send(garble(random, JSON.stringify(message) ?? 'undefined', ENVELOPE_CHANCE))
  }
  const end = random.pick('close', 'terminate', 'leave')
  if (end === 'leave') client.socket.send('{"id":1000,"method":"leave"}')
  else client.socket[end]()
  await within('the connection to end', client.closed)
}

test(`[M28] random and mutated messages crash nothing, leave nothing behind and disturb nobody (seed ${SEED})`, async () => {
  const random = new SeededRandom(SEED)
  const workers = node.node.workerPids
  const witness = await node.join({ participantId: 'witness' })
  for (let batch = 0; batch < CLIENTS / 6; batch++) {
    const clients = await Promise.all(Array.from({ length: 6 }, () => node.connect()))
    await Promise.all(clients.map((client) => play(random, client)))
  }
  await witness.client.request('ping', {})
  assert.deepEqual(node.node.workerPids, workers, 'no worker died')
  await node.empty()
})

test(`[M470] a small part of the campaign at the signalling door kills, holds up and leaves nothing (seed ${SEED})`, async () => {
  const report = await signallingCampaign.run({ seed: SEED, forMs: 10_000, most: 60_000, progress: () => undefined })
  assert.deepEqual(report.problems, [])
  const kinds = Object.keys(report.sent)
  for (const kind of ['without limits: message', 'without limits: handshake', 'with limits: message']) {
    assert.ok(
      kinds.some((sent) => sent.startsWith(kind)),
      `${kind} was sent`,
    )
  }
})
