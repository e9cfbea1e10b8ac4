import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { balanceOf, imbalance } from '../../bench/fleet/balance.ts'
import { EventQueue } from '../../bench/fleet/event-queue.ts'
import { RoomLists } from '../../bench/fleet/room-lists.ts'
import { ALL_MINUTES, dayCurve, TICKS_PER_MINUTE, WARM_UP_MINUTES, workload } from '../../bench/fleet/workload.ts'
import { checkProperty } from '../../check-property.ts'

test('[X5] what is to happen happens at its tick, in the order in which it was put there, until the end', () => {
  const queue = new EventQueue(10)
  const happened: (readonly [number, number, number])[] = []
  queue.after(3, 1, 30)
  queue.after(3, 1, 31)
  queue.after(0, 1, 0)
  queue.after(10, 1, 100)
  queue.run((kind, subject, detail, tick) => {
    happened.push([tick, subject, detail])
    if (subject === 30) queue.after(0, kind, 32, 7)
    if (subject === 31) queue.after(6, kind, 90)
    if (subject === 90) queue.after(1, kind, 101)
  })
  assert.deepEqual(happened, [
    [0, 0, 0],
    [3, 30, 0],
    [3, 31, 0],
    [3, 32, 7],
    [9, 90, 0],
  ])
})

test('[X5] events are as many as there are, also beyond what was made room for', () => {
  const queue = new EventQueue(2)
  const count = 1_100_000
  for (let event = 0; event < count; event += 1) queue.after(1, 0, event)
  let expected = 0
  queue.run((_, subject) => {
    if (subject === expected) expected += 1
  })
  assert.equal(expected, count)
})

test('[X6] every room is on the list of the media node where it is, and on no other', async (t) => {
  const step = fc.record({ room: fc.nat(9), node: fc.option(fc.nat(3), { nil: undefined }) })
  const property = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const lists = new RoomLists(4, 10)
    const hosts = new Map<number, number>()
    for (const { room, node } of steps) {
      lists.remove(room)
      hosts.delete(room)
      if (node === undefined) continue
      lists.add(room, node)
      hosts.set(room, node)
    }
    for (const node of [0, 1, 2, 3]) {
      const expected = [...hosts].filter(([, host]) => host === node).map(([room]) => room)
      assert.deepEqual(new Set(lists.roomsOn(node)), new Set(expected))
      assert.equal(lists.roomsOn(node).length, expected.length)
      assert.equal(lists.isEmpty(node), expected.length === 0)
    }
    for (let room = 0; room < 10; room += 1) assert.equal(lists.hostOf(room), hosts.get(room))
  })
  await checkProperty(t, 1_000, property)
})

test('[X7] balance is told of the median moment and of the worst', () => {
  const loads = Float64Array.from({ length: 200 }, (_, index) => index / 200)
  const sample = balanceOf(7, loads.toReversed())
  assert.deepEqual(sample, { minute: 7, nodes: 200, mean: 0.4975, p99: 0.985, max: 0.995 })
  const found = imbalance([sample, sample, { ...sample, p99: 2, max: 3 }])
  assert.deepEqual([found.p99, found.worstP99, found.max, found.worstMax], [0.985, 2, 0.995, 3])
  assert.equal(found.maxOverMean, 0.995 / 0.4975)
})

test('[X8] the day has as many rooms as are asked for, a third and more of them on the hour or the half', () => {
  const { rooms, beginTick } = workload(1, 20_000)
  const minutes = [...beginTick].map((tick) => Math.floor(tick / TICKS_PER_MINUTE))
  assert.equal(beginTick.length, rooms)
  assert.ok(minutes.every((minute) => minute >= 0 && minute < ALL_MINUTES))
  const ofDay = minutes.filter((minute) => minute >= WARM_UP_MINUTES).length
  assert.ok(Math.abs(ofDay - 20_000) < 200, `${ofDay}`)
  const onTheHour = minutes.filter((minute) => minute % 30 === 0).length / rooms
  assert.ok(onTheHour > 0.33 && onTheHour < 0.37, `${onTheHour}`)
})

test('[X8] the same seed gives the same rooms, another seed others; working hours are busier than nights', () => {
  assert.deepEqual(workload(5, 500), workload(5, 500))
  assert.notDeepEqual(workload(5, 500).beginTick, workload(6, 500).beginTick)
  assert.ok(dayCurve(10) > 5 * dayCurve(3))
})

test('[X8] at the peak of a region nobody is counted twice and nobody left out', () => {
  const { rooms, beginTick, endTick, region, size, peak } = workload(2, 300)
  let most = 0
  for (let minute = 0; minute < ALL_MINUTES + 200; minute += 1) {
    const people = [0, 0, 0]
    for (let room = 0; room < rooms; room += 1) {
      const [begin, end] = [beginTick[room] ?? 0, endTick[room] ?? 0].map((tick) => Math.floor(tick / TICKS_PER_MINUTE))
      const isOn = begin !== undefined && end !== undefined && begin <= minute && minute <= end
      if (isOn) people[region[room] ?? 0] = (people[region[room] ?? 0] ?? 0) + (size[room] ?? 0)
    }
    most = Math.max(most, ...people)
  }
  assert.equal(peak, most)
})
