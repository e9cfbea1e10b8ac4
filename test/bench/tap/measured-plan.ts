import type { SenderStream } from './sender-plan.ts'
import type { WayName } from './way.ts'

/** What the measured process is told. */
export type MeasuredPlan = {
  readonly name: WayName
  readonly streams: number
  readonly lanes: number
  /** Frames of each track of speech. */
  readonly trackFrames: readonly number[]
  /** Packets of each stream. */
  readonly packets: number
}

/** CPU in percent of a core, memory in bytes, between two moments; `from` is the first, in monotonic milliseconds. */
export type Used = {
  readonly from: number
  readonly workerCpu: number
  readonly mainThreadCpu: number
  /** Of the lanes or of the processes. */
  readonly ownCpu: number
  /** Of all of them, and of what Node.js runs beside its threads. */
  readonly cpu: number
  readonly memory: number
  /** How long whatever else the main thread has to do waits for it, 99th percentile. */
  readonly mainThreadHeldP99Ms: number
}

export type ToMeasured =
  | { readonly kind: 'open'; readonly plan: MeasuredPlan }
  | { readonly kind: 'measure'; readonly seconds: number }
  | { readonly kind: 'collect' }
  | { readonly kind: 'close' }

export type FromMeasured =
  | { readonly kind: 'opened'; readonly streams: readonly SenderStream[] }
  | { readonly kind: 'measured'; readonly used: Used }
  | {
      readonly kind: 'collected'
      /** When each packet of each stream reached the main thread, in monotonic milliseconds; 0 is never. */
      readonly tappedAt: readonly Float64Array[]
      /** For `readDoorLog`. */
      readonly doorLogs: readonly Float64Array[]
      readonly losses: ReadonlyMap<string, number>
    }
  | { readonly kind: 'closed' }
