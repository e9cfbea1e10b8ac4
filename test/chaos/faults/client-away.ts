import type { Fault } from '../fault.ts'
import { cutOff } from './cut-off.ts'

/** Longer than a media node keeps a participant whose connection broke. */
const AWAY_MS = 20_000

export const clientAway: Fault = {
  name: 'client-away',
  about: 'every packet to and from the second place of clients is dropped for 20 s: too long to resume',
  interrupts: 25_000,
  movesRooms: false,
  pullsCable: true,
  play: cutOff(AWAY_MS),
}
