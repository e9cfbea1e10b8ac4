import { RESERVED_LOAD } from '../shared/node-registry/node-registry.ts'

/** How busy this media node was over the last interval; shares are of what that thread or process could do. */
export type LoadSample = {
  /** Share of the time in which the main thread's event loop had something to do. */
  readonly eventLoop: number
  /** By how much the event loop was late, at the 99th percentile. */
  readonly eventLoopDelayMs: number
  /** Share of one core, for each mediasoup worker. */
  readonly workers: readonly number[]
  /** Share of one core, for each lane of the captions. */
  readonly lanes: readonly number[]
  readonly participants: number
  /** Empty ones too: each takes memory. */
  readonly rooms: number
}

/** With so many the media node is full. */
export type LoadLimits = { readonly maxParticipants: number; readonly maxRooms: number }

/** A main thread that is so late is full: signalling is felt to be slow, and batches of audio come late. */
const FULL_DELAY_MS = 100

/** How much a new sample counts; at one sample a second, three quarters of a step show after five. */
const SMOOTHING = 0.25

/** How long a room counts as young. */
export const YOUNG_ROOM_MS = 5_000

/** The worst of all parts decides, because that part is what the next room would wait for. Answers 0 (idle) to 1 (full). */
export function smoothedLoad(previous: number, sample: LoadSample, limits: LoadLimits): number {
  const { eventLoop, eventLoopDelayMs, workers, lanes, participants, rooms } = sample
  const counts = [participants / limits.maxParticipants, rooms / limits.maxRooms]
  const parts = [eventLoop, eventLoopDelayMs / FULL_DELAY_MS, ...workers, ...lanes, ...counts]
  const worst = Math.min(1, Math.max(0, ...parts))
  return previous + SMOOTHING * (worst - previous)
}

/**
 * What the fleet is told: the load with what rooms that have just opened are still to bring. For each that is as much as the
 * registry held for it until it opened, since what it brings is not measured at once.
 */
export function reportedLoad(load: number, youngRooms: number): number {
  return Math.min(1, load + RESERVED_LOAD * youngRooms)
}
