import { setTimeout as wait } from 'node:timers/promises'
import { OLD_SPACE_FLAG } from '../../../media-node/captions/old-space.ts'
import { AskedProcess } from './asked-process.ts'
import { sentStream, type Verdict, verdict } from './check.ts'
import { readDoorLog } from './door-log.ts'
import type { FromMeasured, ToMeasured, Used } from './measured-plan.ts'
import { FRAME_MS, type FromSender, type ToSender } from './sender-plan.ts'
import type { SpeechTrack } from './speech-track.ts'
import type { WayName } from './way.ts'

export type MeasureOptions = {
  readonly name: WayName
  readonly streams: number
  readonly seconds: number
  readonly lanes: number
  readonly tracks: readonly SpeechTrack[]
}

export type Measurement = Verdict &
  Used & {
    readonly name: WayName
    readonly streams: number
    readonly losses: ReadonlyMap<string, number>
    /** Percent of a core. */
    readonly senderCpu: number
    readonly senderLateP99Ms: number
  }

/** Compilers and heaps settle before anything is measured. */
const WARM_UP_SECONDS = 4
/** For what is under way when the sender ends, and for a lane to notice that nothing more comes. */
const DRAIN_MS = 2_500
/** Two hundred processes of ffmpeg are started in portions. */
const OPEN_DEADLINE_MS = 120_000
const READY_DEADLINE_MS = 20_000
/** What a process that is starved of its processor may need on top of its schedule. */
const SLACK_MS = 30_000

/** One way at one number of streams, in a process of its own, by a sender in another. */
export async function measure({ name, streams, seconds, lanes, tracks }: MeasureOptions): Promise<Measurement> {
  const packets = ((WARM_UP_SECONDS + seconds) * 1_000) / FRAME_MS
  const measured = new AskedProcess<ToMeasured, FromMeasured>('measured.ts', [OLD_SPACE_FLAG])
  const sender = new AskedProcess<ToSender, FromSender>('sender.ts')
  try {
    const trackFrames = tracks.map(({ length }) => length)
    const plan = { name, streams, lanes, trackFrames, packets }
    const opened = await measured.ask({ kind: 'open', plan }, 'opened', OPEN_DEADLINE_MS)
    await sender.ask({ kind: 'plan', plan: { tracks, streams: opened.streams, packets } }, 'ready', READY_DEADLINE_MS)
    const sending = sender.ask({ kind: 'go' }, 'sent', packets * FRAME_MS + SLACK_MS)
    sending.catch(() => undefined)
    await wait(WARM_UP_SECONDS * 1_000)
    const { used } = await measured.ask({ kind: 'measure', seconds }, 'measured', seconds * 1_000 + SLACK_MS)
    const sent = await sending
    await wait(DRAIN_MS)
    const { tappedAt, doorLogs, losses } = await measured.ask({ kind: 'collect' }, 'collected', SLACK_MS)
    const sounds = opened.streams.map((stream, index) =>
      sentStream(stream, tracks[stream.track] ?? [], sent.sentAt[index] ?? new Float64Array()),
    )
    return {
      ...verdict({ name, tappedAt }, sounds, doorLogs.flatMap(readDoorLog), used.from),
      ...used,
      ...{ name, streams, losses, senderCpu: sent.cpu, senderLateP99Ms: sent.lateP99Ms },
    }
  } finally {
    sender.stop()
    await measured.ask({ kind: 'close' }, 'closed', SLACK_MS).catch(() => undefined)
    measured.stop()
  }
}
