import { SeededRandom } from '../../seeded-random.ts'

export const TICK_MS = 100
export const TICKS_PER_SECOND = 1_000 / TICK_MS
export const TICKS_PER_MINUTE = 60 * TICKS_PER_SECOND
export const DAY_MINUTES = 24 * 60
/** Before the day that counts, so that it begins with rooms. */
export const WARM_UP_MINUTES = 3 * 60
export const ALL_MINUTES = WARM_UP_MINUTES + DAY_MINUTES

export const REGIONS = ['eu', 'us', 'ap'] as const
/** Their working days begin at different times of ours. */
const HOURS_LATER = [0, 6, 16]

/** So many of the rooms begin in the first minute of an hour or a half. */
const ON_THE_HOUR = 0.35
const SIZES = [
  { upTo: 0.5, least: 2, most: 2 },
  { upTo: 0.8, least: 3, most: 5 },
  { upTo: 0.95, least: 6, most: 10 },
  { upTo: 1, least: 11, most: 20 },
] as const
const MEDIAN_MINUTES = 40
const SPREAD = 0.8
const LEAST_MINUTES = 3
const MOST_MINUTES = 180
/** Rooms for which nobody comes after all. */
const ABANDONED = 0.02

/** Who calls when, for how long and how many of them, with three hours before the day that counts. */
export type Workload = {
  readonly rooms: number
  readonly beginTick: Int32Array
  readonly endTick: Int32Array
  /** Which of `REGIONS`. */
  readonly region: Uint8Array
  /** 0 when nobody comes. */
  readonly size: Uint8Array
  /** Most people of one region at a time. */
  readonly peak: number
}

/** @param roomsADay in the day that counts; there are more with those before it */
export function workload(seed: number, roomsADay: number): Workload {
  const random = new SeededRandom(seed)
  const cumulative = cumulativeCurve()
  const before = (cumulative[WARM_UP_MINUTES * REGIONS.length - 1] ?? 0) / (cumulative.at(-1) ?? 1)
  const rooms = Math.round(roomsADay / (1 - before))
  const beginTick = new Int32Array(rooms)
  const endTick = new Int32Array(rooms)
  const region = new Uint8Array(rooms)
  const size = new Uint8Array(rooms)
  for (let room = 0; room < rooms; room += 1) {
    const drawn = indexAbove(cumulative, random.next() * (cumulative.at(-1) ?? 1))
    region[room] = drawn % REGIONS.length
    const minute = Math.floor(drawn / REGIONS.length)
    beginTick[room] = minute * TICKS_PER_MINUTE + random.below(TICKS_PER_MINUTE)
    endTick[room] = (beginTick[room] ?? 0) + Math.round(drawMinutes(random) * TICKS_PER_MINUTE)
    size[room] = random.next() < ABANDONED ? 0 : drawSize(random)
  }
  const drawn = { rooms, beginTick, endTick, region, size }
  return { ...drawn, peak: peakOf(drawn) }
}

/** How busy a region is at an hour of its own, between 0 and about 1. */
export function dayCurve(hour: number): number {
  const hump = (at: number, width: number) => Math.exp(-(((hour - at) / width) ** 2))
  return 0.08 + 0.9 * hump(10.5, 2.4) + 0.85 * hump(15, 2.6) + 0.3 * hump(20.5, 1.8)
}

/** By minute, and in each by region. */
function cumulativeCurve(): Float64Array {
  const cumulative = new Float64Array(ALL_MINUTES * REGIONS.length)
  let sum = 0
  for (let minute = 0; minute < ALL_MINUTES; minute += 1) {
    for (const [index, later] of HOURS_LATER.entries()) {
      const hour = (24 + (minute - WARM_UP_MINUTES) / 60 + later) % 24
      const onTheHour = minute % 30 === 0 ? 30 * ON_THE_HOUR : 1 - ON_THE_HOUR
      sum += dayCurve(hour) * onTheHour
      cumulative[minute * REGIONS.length + index] = sum
    }
  }
  return cumulative
}

function indexAbove(cumulative: Float64Array, value: number): number {
  let [low, high] = [0, cumulative.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((cumulative[middle] ?? 0) > value) high = middle
    else low = middle + 1
  }
  return low
}

/** Log-normal. */
function drawMinutes(random: SeededRandom): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  return Math.min(MOST_MINUTES, Math.max(LEAST_MINUTES, MEDIAN_MINUTES * Math.exp(SPREAD * normal)))
}

function drawSize(random: SeededRandom): number {
  const part = random.next()
  const { least, most } = SIZES.find(({ upTo }) => part < upTo) ?? SIZES[0]
  return least + random.below(most - least + 1)
}

function peakOf({ rooms, beginTick, endTick, region, size }: Omit<Workload, 'peak'>): number {
  const change = REGIONS.map(() => new Int32Array(ALL_MINUTES + MOST_MINUTES + 2))
  for (let room = 0; room < rooms; room += 1) {
    const inRegion = change[region[room] ?? 0]
    const [begin, end] = [beginTick, endTick].map((ticks) => Math.floor((ticks[room] ?? 0) / TICKS_PER_MINUTE))
    if (inRegion === undefined || begin === undefined || end === undefined) continue
    inRegion[begin] = (inRegion[begin] ?? 0) + (size[room] ?? 0)
    inRegion[end + 1] = (inRegion[end + 1] ?? 0) - (size[room] ?? 0)
  }
  let peak = 1
  for (const inRegion of change) {
    let people = 0
    for (const step of inRegion) {
      people += step
      peak = Math.max(peak, people)
    }
  }
  return peak
}
