import type { SfuMetrics } from '../../../media-node/sfu/sfu-metrics.ts'

/** For what is tested without being counted. */
export const noSfuMetrics: SfuMetrics = {
  roomOpened: () => undefined,
  roomClosed: () => undefined,
  roomMoved: () => undefined,
  migrated: () => undefined,
  participantCame: () => undefined,
  participantLeft: () => undefined,
  transportChanged: () => undefined,
  mediaConnected: () => undefined,
  workerKilled: () => undefined,
  roomBanned: () => undefined,
  workerGaveUp: () => undefined,
}
