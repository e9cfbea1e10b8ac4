import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { type EmbeddedRedis, startRedis } from '../../../dev/embedded-redis.ts'
import {
  type FleetRegistry,
  NODE_TTL_MS,
  type NodeReport,
  RESERVED_LOAD,
} from '../../../shared/node-registry/node-registry.ts'
import { redisNodeRegistry } from '../../../shared/node-registry/redis-node-registry.ts'
import { checkProperty } from '../../check-property.ts'
import { MemoryNodeRegistry } from '../../unit/control-plane/memory-node-registry.ts'
import { SettableClock } from '../../unit/shared/settable-clock.ts'
import { RedisTime } from './redis-time.ts'
import { report } from './registry-under-test.ts'

const CASES = 150
const STEPS = 40

/**
 * Time passes in steps that stay this far from every time that matters, since Redis's own clock runs on during a case. A
 * case that took longer, on a machine that is busy, says nothing.
 */
const STEP_MS = 700
const MARGIN_MS = 150

const nodeId = fc.constantFrom('a', 'b', 'c', 'd')
const roomId = fc.nat(15).map((number) => `room-${number}`)
const region = fc.constantFrom('eu', 'us')
const load = fc.integer({ min: 0, max: 20 }).map((step) => step / 20)

const heartbeat = fc.record({
  do: fc.constant('heartbeat' as const),
  report: fc
    .record({ nodeId, region, load, draining: fc.boolean(), openedRooms: fc.uniqueArray(roomId, { maxLength: 3 }) })
    .map(({ nodeId, ...other }): NodeReport => report(nodeId, other)),
})
const reserve = fc.record({
  do: fc.constant('reserve' as const),
  wanted: fc.record({
    roomId,
    region: fc.option(fc.constantFrom('eu', 'us', 'ap'), { nil: undefined }),
    limit: load,
    firm: fc.boolean(),
  }),
})
const release = fc.record({ do: fc.constant('release' as const), nodeId, roomId })
const suspect = fc.record({
  do: fc.constant('suspect' as const),
  nodeId,
  foundDeadMsAgo: fc.constantFrom(0, STEP_MS / 2, 2.5 * STEP_MS),
})
const leave = fc.record({ do: fc.constant('leave' as const), nodeId })
const pass = fc.record({
  do: fc.constant('pass' as const),
  ms: fc.constantFrom(1, 2, 5, 15, 90).map((steps) => steps * STEP_MS),
})

const step = fc.oneof(
  { weight: 6, arbitrary: heartbeat },
  { weight: 8, arbitrary: reserve },
  { weight: 1, arbitrary: release },
  { weight: 1, arbitrary: suspect },
  { weight: 1, arbitrary: leave },
  { weight: 3, arbitrary: pass },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Does one step; answers what came of it, but for ages, which no two clocks measure alike. */
async function perform(registry: FleetRegistry, step: Exclude<Step, { do: 'pass' }>): Promise<unknown> {
  if (step.do === 'heartbeat') return registry.heartbeat(step.report)
  if (step.do === 'release') return registry.release(step.nodeId, step.roomId)
  if (step.do === 'suspect') return registry.suspect(step.nodeId, step.foundDeadMsAgo)
  if (step.do === 'leave') return registry.leave(step.nodeId)
  const { node, reason } = await registry.reserve(step.wanted)
  return { reason, node: node && withoutAge(node) }
}

function withoutAge<N extends { readonly ageMs: number }>({ ageMs, ...node }: N): Omit<N, 'ageMs'> {
  return node
}

/** What must hold of every choice, whatever the model says. */
async function assertSound(
  registry: FleetRegistry,
  { wanted }: typeof reserve extends fc.Arbitrary<infer T> ? T : never,
) {
  const before = new Map((await registry.alive()).map((node) => [node.nodeId, node]))
  const { node } = await registry.reserve(wanted)
  if (!node) return
  const known = before.get(node.nodeId)
  assert.ok(known && known.ageMs < NODE_TTL_MS && !known.draining, 'alive and not draining')
  assert.ok(known.load + RESERVED_LOAD * known.firmReservations < wanted.limit, 'under the limit')
}

describe('the reservation script under random use', () => {
  let redis: EmbeddedRedis
  let registry: FleetRegistry
  let time: RedisTime
  before(async () => {
    redis = await startRedis()
    registry = redisNodeRegistry({ url: redis.url })
    time = await RedisTime.open(redis.url)
  })
  after(async () => {
    time.close()
    await registry.close()
    await redis.stop()
  })

  /** Plays a case, unless the machine was too slow for it to say anything. */
  async function inTime(play: () => Promise<void>): Promise<void> {
    await time.forgetEverything()
    const startedAt = performance.now()
    try {
      await play()
    } catch (error) {
      fc.pre(performance.now() - startedAt < MARGIN_MS)
      throw error
    }
  }

  test('[N30] heartbeats, reservations, deaths and drains in any order give what the pure chooser gives', async (t) => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: STEPS, size: 'max' }), (steps) =>
      inTime(async () => {
        const clock = new SettableClock()
        const model = new MemoryNodeRegistry(clock)
        for (const step of steps) {
          if (step.do === 'pass') {
            clock.advance(step.ms)
            await time.pass(step.ms)
          } else {
            assert.deepEqual(await perform(registry, step), await perform(model, step))
          }
        }
        assert.deepEqual((await registry.alive()).map(withoutAge), (await model.alive()).map(withoutAge))
      }),
    )
    await checkProperty(t, CASES, property)
  })

  test('[N31] no room is ever reserved on a node that is draining, silent or at its limit', async (t) => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: STEPS, size: 'max' }), (steps) =>
      inTime(async () => {
        for (const step of steps) {
          if (step.do === 'pass') await time.pass(step.ms)
          else if (step.do === 'reserve') await assertSound(registry, step)
          else await perform(registry, step)
        }
      }),
    )
    await checkProperty(t, CASES, property)
  })

  test('[N32] of any number of rooms reserved at once equal nodes get as many each, within one', async (t) => {
    const burst = fc.record({ nodes: fc.integer({ min: 1, max: 9 }), rooms: fc.nat(60), load })
    const property = fc.asyncProperty(burst, ({ nodes, rooms, load }) =>
      inTime(async () => {
        const ids = Array.from({ length: nodes }, (_, index) => `node-${index}`)
        await Promise.all(ids.map((nodeId) => registry.heartbeat(report(nodeId, { load }))))
        await Promise.all(
          Array.from({ length: rooms }, (_, index) =>
            registry.reserve({ roomId: `room-${index}`, limit: 100, firm: index % 2 === 0 }),
          ),
        )
        const counts = (await registry.alive()).map(({ reservations }) => reservations)
        assert.equal(
          counts.reduce((sum, count) => sum + count, 0),
          rooms,
        )
        assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, counts.join(' '))
      }),
    )
    await checkProperty(t, CASES, property)
  })
})
