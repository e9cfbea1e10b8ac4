import type { Participant } from './participant.ts'

/** What a room holds, as this process counts it. */
export type RoomCounts = {
  readonly participants: number
  readonly transports: number
  readonly producers: number
  readonly consumers: number
  readonly taps: number
}

/** A tap counts as a tap and not as a consumer; the taps' DirectTransport counts as a transport. */
export function roomCounts(
  participants: Iterable<Participant>,
  taps: { readonly count: number; readonly transports: number },
): RoomCounts {
  const counts = { participants: 0, transports: taps.transports, producers: 0, consumers: 0, taps: taps.count }
  for (const participant of participants) {
    const { transports, producers, consumers } = participant.counts()
    counts.participants += 1
    counts.transports += transports
    counts.producers += producers
    counts.consumers += consumers
  }
  return counts
}

export function addCounts(a: RoomCounts, b: RoomCounts): RoomCounts {
  return {
    participants: a.participants + b.participants,
    transports: a.transports + b.transports,
    producers: a.producers + b.producers,
    consumers: a.consumers + b.consumers,
    taps: a.taps + b.taps,
  }
}

export const NO_COUNTS: RoomCounts = { participants: 0, transports: 0, producers: 0, consumers: 0, taps: 0 }
