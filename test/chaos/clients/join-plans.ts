import type { JoinPlan } from './page/chaos-page.ts'

export type ClientPlan = JoinPlan & { readonly browser: number }

const NAMES = ['Ana', 'Ben', 'Cleo', 'Dan', 'Eva', 'Finn', 'Gita', 'Hugo', 'Ida', 'Jon', 'Kim', 'Lea'] as const

/**
 * Who is in which room, and in which browser. Rooms are filled in turn. In the first one the first client speaks and
 * everybody reads along; in each room the first client has a camera, and the rest only a microphone. The last client of
 * each room is in the second browser, the others in the first.
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
      browser: isLast ? 1 : 0,
    }
  })
}
