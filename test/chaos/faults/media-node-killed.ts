import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { hostingNode } from './hosting-node.ts'

const LEAST_AWAY_MS = 300
const MOST_AWAY_MS = 4_000

export const mediaNodeKilled: Fault = {
  name: 'media-node-killed',
  about: 'SIGKILL to a media node that serves rooms; started again within seconds, as the same one',
  interrupts: 4_000,
  movesRooms: true,
  async play(stage) {
    const { node, exposed } = hostingNode(stage)
    const away = LEAST_AWAY_MS + stage.random.below(MOST_AWAY_MS - LEAST_AWAY_MS)
    stage.strike(exposed)
    await node.process.kill()
    await wait(away)
    await node.process.start()
  },
}
