import type { MetricRegistry } from '../../shared/metric-registry.ts'
import { closeReasons, roomCloseReasons } from '../sfu/close-reason.ts'
import { migrationOutcomes, migrationReasons } from '../sfu/room-migration.ts'
import { mediaProtocols, type SfuMetrics, transportChanges } from '../sfu/sfu-metrics.ts'

export function createSfuMetrics(registry: MetricRegistry): SfuMetrics {
  const opened = registry.count('rooms_opened', 'Rooms that opened')
  const closed = registry.counter('rooms_closed', 'Rooms that ended, by reason', { reason: roomCloseReasons })
  const moved = registry.count('rooms_moved', 'Rooms that turned out to be served by another media node')
  const migrations = registry.counter(
    'migrations',
    'Participants asked to follow their room to another media node, and what became of them',
    { reason: migrationReasons, outcome: migrationOutcomes },
  )
  const came = registry.count('participants_joined', 'Participants that were given a place in a room')
  const left = registry.counter('participants_left', 'Participants that went, by the reason', { reason: closeReasons })
  const changes = registry.counter('transport_changes', 'What happened to WebRTC transports', {
    change: transportChanges,
  })
  const connected = registry.counter(
    'transports_connected',
    'WebRTC transports over which media may flow, by protocol',
    {
      protocol: mediaProtocols,
    },
  )
  const kills = registry.count('worker_kills', 'Media workers that died of what a participant sent')
  const bans = registry.count('rooms_banned', 'Rooms closed because their participants killed media workers again')
  const givenUp = registry.count(
    'worker_given_up',
    'Packets, requests and timers that a media worker gave up because they made it throw',
  )
  return {
    roomOpened: () => opened(),
    roomClosed: (reason) => closed({ reason }),
    roomMoved: () => moved(),
    migrated: (reason, outcome) => migrations({ reason, outcome }),
    participantCame: () => came(),
    participantLeft: (reason) => left({ reason }),
    transportChanged: (change) => changes({ change }),
    mediaConnected: (protocol) => connected({ protocol }),
    workerKilled: () => kills(),
    roomBanned: () => bans(),
    workerGaveUp: (count) => givenUp(count),
  }
}
