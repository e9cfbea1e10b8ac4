import type { Fault } from '../fault.ts'
import { clientAway } from './client-away.ts'
import { clientCut } from './client-cut.ts'
import { clientMoved } from './client-moved.ts'
import { controlPlaneKilled } from './control-plane-killed.ts'
import { drainAsked } from './drain-asked.ts'
import { dynamoDbFrozen } from './dynamodb-frozen.ts'
import { dynamoDbRefused } from './dynamodb-refused.ts'
import { hostSilent } from './host-silent.ts'
import { laneKilled } from './lane-killed.ts'
import { mediaNodeFrozen } from './media-node-frozen.ts'
import { mediaNodeKilled } from './media-node-killed.ts'
import { mediaNodeStuck } from './media-node-stuck.ts'
import { redisEmptied } from './redis-emptied.ts'
import { redisFailover } from './redis-failover.ts'
import { redisFrozen } from './redis-frozen.ts'
import { registryCut } from './registry-cut.ts'
import { rollingDrain } from './rolling-drain.ts'
import { workerKilled } from './worker-killed.ts'

export const allFaults: readonly Fault[] = [
  mediaNodeKilled,
  workerKilled,
  laneKilled,
  mediaNodeFrozen,
  mediaNodeStuck,
  hostSilent,
  registryCut,
  redisFrozen,
  redisEmptied,
  redisFailover,
  dynamoDbRefused,
  dynamoDbFrozen,
  controlPlaneKilled,
  drainAsked,
  rollingDrain,
  clientCut,
  clientMoved,
  clientAway,
]
