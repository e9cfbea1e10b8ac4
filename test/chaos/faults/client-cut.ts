import type { Fault } from '../fault.ts'
import { cutOff } from './cut-off.ts'

const CUT_MS = 3_000

export const clientCut: Fault = {
  name: 'client-cut',
  about: 'every packet to and from the second place of clients is dropped for 3 s',
  interrupts: 8_000,
  movesRooms: false,
  pullsCable: true,
  play: cutOff(CUT_MS),
}
