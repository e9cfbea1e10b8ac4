import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Call } from '../../../client/sdk/call.ts'
import type { Environment } from '../../../client/sdk/environment.ts'
import { CallError } from '../../../shared/protocol/error-code.ts'
import { readTraceparent } from '../../../shared/protocol/trace-context.ts'
import { SeededRandom } from '../../seeded-random.ts'
import { ScriptedWorld } from './scripted-world.ts'

const options = { api: '', roomId: 'tea', displayName: 'Ada', language: 'en' }

/** A world that remembers in which traces it was asked. */
function tracedWorld() {
  const world = new ScriptedWorld()
  const random = new SeededRandom(1)
  const traces: (string | undefined)[] = []
  const environment: Environment = {
    ...world.environment,
    random: () => random.next(),
    fetch: (address, init) => {
      traces.push(readTraceparent(new Headers(init?.headers).get('traceparent') ?? undefined)?.traceId)
      return world.environment.fetch(address, init)
    },
  }
  return { world, traces, environment }
}

test('[W27] each join begins a trace of its own, and an error that ends it tells which', async () => {
  const { world, traces, environment } = tracedWorld()
  world.room = { refusal: 'room_full', status: 409 }
  for (const joining of [0, 1]) {
    await assert.rejects(Call.join(options, environment), (error) => {
      assert.ok(error instanceof CallError)
      assert.equal(error.code, 'room_full')
      assert.equal(error.traceId, traces[joining])
      return true
    })
  }
  assert.ok(traces.every((traceId) => traceId !== undefined))
  assert.equal(new Set(traces).size, 2)
})

test('[W27] an error that ends a call later tells the trace of its last join', async () => {
  const { world, traces, environment } = tracedWorld()
  const joining = Call.join(options, environment)
  await world.settled()
  world.connection.welcome()
  const call = await joining
  world.connection.refuse('room_closed')
  await world.settled()
  const { phase } = call.state
  assert.ok(phase.name === 'ended')
  assert.deepEqual([phase.error?.code, phase.error?.traceId], ['room_closed', traces[0]])
})
