/** Which participants have a tile on the stage when there are more of them than tiles. */
export type Seating = {
  /** Ids of the participants who have a tile, place by place. */
  readonly seats: readonly string[]
  /** Ids of the present participants who have spoken, the latest first. */
  readonly spoken: readonly string[]
}

export const nobodySeated: Seating = { seats: [], spoken: [] }

/**
 * Tiles go to the participants who spoke most recently, then to those who have one already, then to those who came first.
 * A tile that stays keeps its place: a participant who speaks without one takes the place of whoever was silent longest.
 *
 * @returns `before` itself when nothing changed
 */
export function nextSeating(
  before: Seating,
  now: {
    /** Ids of the participants to seat, in the order they came. */
    readonly present: readonly string[]
    /** Ids of the participants who speak now, loudest first; ids that are not present are left out. */
    readonly speakers: readonly string[]
    readonly places: number
  },
): Seating {
  const isPresent = new Set(now.present)
  const once = (ids: readonly string[]) => [...new Set(ids)].filter((id) => isPresent.has(id))
  const spoken = once([...now.speakers, ...before.spoken])
  const entitled = new Set(once([...spoken, ...before.seats, ...now.present]).slice(0, now.places))

  const seated = new Set(before.seats)
  const newcomers = [...entitled].filter((id) => !seated.has(id))
  const kept = before.seats.flatMap((id) => (entitled.has(id) ? id : newcomers.splice(0, 1)))
  const seats = [...kept, ...newcomers]
  return isSame(seats, before.seats) && isSame(spoken, before.spoken) ? before : { seats, spoken }
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((id, index) => id === others[index])
}
