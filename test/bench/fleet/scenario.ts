/** As `MAX_NODE_LOAD` is unless it is set. */
export const LIMIT = 0.8

/** The whole fleet is this loaded when most people call; the number of media nodes follows them to stay there. */
export const TARGET_LOAD = 0.5

/** Some media nodes are so much stronger than the others. */
export const STRONG = 2
export const STRONG_PART = 0.3

export const LEAST_PART_RUNNING = 0.05
export const SPARE_BEFORE_DRAINING = 1.1
/** Of those that run, each minute. */
export const DRAINED_AT_ONCE = 0.02
export const BOOT_SECONDS = { least: 60, most: 120 } as const
export const DRAIN_SECONDS = 20

/** Of the fleet; half of them refuse connections then, and half are silent. */
export const DEATHS_A_DAY = 0.01
/** So many of those that run die at once. */
export const DISASTER_PART = 0.05
export const DISASTER_HOUR = 14
export const REPAIR_MINUTES = 10

/** From when a room is given its media node until the first of its people are there. */
export const ARRIVAL_SECONDS = { least: 0.3, most: 2 } as const
export const MOVE_SECONDS = { least: 0.2, most: 0.8 } as const
/** Whose media node refuses connections, or says nothing, asks again after so long. */
export const REFUSAL_NOTICED_SECONDS = 0.2
export const ASK_AGAIN_SECONDS = 2

/** When those join who join soon, and which part of those that follow the first one they are; then it settles. */
export const SOON_SECONDS = { least: 5, most: 60 } as const
export const JOINED_SOON = 0.7
export const SETTLED_SECONDS = 120
/** Half of the people leave up to so long before the others. */
export const LEFT_EARLY_SECONDS = 60
