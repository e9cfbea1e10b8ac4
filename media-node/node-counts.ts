export const countNames = [
  'connections',
  'workers',
  'rooms',
  'participants',
  'suspendedParticipants',
  'transports',
  'producers',
  'consumers',
  'taps',
  'captionLanes',
  'captionStreams',
  'captionDecoders',
  'captionRecognisers',
] as const

/** What this process holds at this moment, as it counts itself. */
export type NodeCounts = Readonly<Record<(typeof countNames)[number], number>>
