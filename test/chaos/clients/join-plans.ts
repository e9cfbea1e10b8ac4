import type { JoinPlan } from './participant/chaos-participant.ts'

export type ClientPlan = JoinPlan & {
  /** 0 or 1; the cable of the second place is the one that is pulled. */
  readonly place: number
  /** Whether it is a page in a real browser; else it has the same WebRTC without a browser. */
  readonly inBrowser: boolean
}

const NAMES = ['Ana', 'Ben', 'Cleo', 'Dan', 'Eva', 'Finn', 'Gita', 'Hugo', 'Ida', 'Jon', 'Kim', 'Lea'] as const

/**
 * Who is in which room, and at which place. Rooms are filled in turn. In the first one the first client speaks and
 * everybody reads along; in each room the first client has a camera, and the rest only a microphone. The last client of
 * each room is at the second place, the others at the first. Of the first room the first and the last client are real
 * browsers, one at each place; a browser takes more of the machine than all that it is to test.
 */
export function joinPlans(options: {
  readonly clients: number
  readonly rooms: readonly string[]
  readonly speechUrl: string
}): readonly ClientPlan[] {
  const { clients, rooms, speechUrl } = options
  return Array.from({ length: clients }, (_, index) => {
    const room = index % rooms.length
    const isFirst = index < rooms.length
    const isLast = index >= clients - rooms.length
    const speaks = index === 0
    return {
      roomId: rooms[room] ?? '',
      name: `${NAMES[index % NAMES.length]}-${index + 1}`,
      ...(speaks && { speech: speechUrl }),
      hasCamera: isFirst,
      readsCaptions: room === 0,
      isCaptioned: speaks,
      place: isLast ? 1 : 0,
      inBrowser: room === 0 && (isFirst || isLast),
    }
  })
}
