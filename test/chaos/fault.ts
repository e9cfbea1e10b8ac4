import type { Stage } from './stage.ts'

export type Fault = {
  readonly name: string
  /** What it does, and how it is undone. */
  readonly about: string
  /** For how many milliseconds in a row those who have to do with it may miss media; false where they must notice nothing. */
  readonly interrupts: number | false
  /** Whether the rooms of those who have to do with it may come to another media node; no other room may. */
  readonly movesRooms: boolean
  /** Whether a cable is pulled: then it is only for where places have one. */
  readonly pullsCable?: boolean
  /** Resolves when it is undone. */
  play(stage: Stage): Promise<void>
}
