import type { JoinPlan } from '../clients/participant/chaos-participant.ts'

export const countedNames = [
  'rooms',
  'participants',
  'connections',
  'transports',
  'producers',
  'consumers',
  'taps',
] as const

export type RoomCounts = Readonly<Record<(typeof countedNames)[number], number>>

type Member = Pick<JoinPlan, 'hasCamera' | 'readsCaptions' | 'isCaptioned'>

/** What a media node should hold for these rooms, and not a thing more; each is a list of those in it. */
export function roomCounts(rooms: readonly (readonly Member[])[]): RoomCounts {
  const each = rooms.map((members) => {
    const tracks = members.reduce((sum, member) => sum + tracksOf(member), 0)
    const isRead = members.some(({ readsCaptions }) => readsCaptions)
    const taps = isRead ? members.filter(({ isCaptioned }) => isCaptioned).length : 0
    return {
      rooms: 1,
      participants: members.length,
      connections: members.length,
      // All taps of a room leave by one.
      transports: 2 * members.length + (taps > 0 ? 1 : 0),
      producers: tracks,
      consumers: (members.length - 1) * tracks,
      taps,
    }
  })
  const sum = (name: keyof RoomCounts) => each.reduce((total, counts) => total + counts[name], 0)
  return {
    rooms: sum('rooms'),
    participants: sum('participants'),
    connections: sum('connections'),
    transports: sum('transports'),
    producers: sum('producers'),
    consumers: sum('consumers'),
    taps: sum('taps'),
  }
}

/** Everybody has a microphone. */
export function tracksOf({ hasCamera }: Pick<Member, 'hasCamera'>): number {
  return hasCamera ? 2 : 1
}
