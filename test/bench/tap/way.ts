import type { SpeakerRoom } from './speakers.ts'

export type WayName = 'lanes' | 'main thread' | 'ffmpeg'

/** Milliseconds of CPU and bytes of memory since the start, of what a way needs besides the worker and the main thread. */
export type OwnUse = { readonly cpuMs: number; readonly memory: number }

/** A way from the SFU to the engine's door, running. */
export type Way = {
  readonly name: WayName
  ownUse(): Promise<OwnUse>
  /** When each packet of each stream reached the main thread, in monotonic milliseconds; 0 is never. */
  readonly tappedAt: readonly Float64Array[]
  /** What came to the door so far, for `readDoorLog`. */
  arrivals(): Promise<readonly Float64Array[]>
  /** The way's own counters that tell of something lost. */
  losses(): ReadonlyMap<string, number>
  stop(): Promise<void>
}

export type WayOptions = {
  readonly rooms: readonly SpeakerRoom[]
  readonly firstTimestamps: readonly number[]
  readonly packets: number
}
