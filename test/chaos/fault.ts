import type { Stage } from './stage.ts'

export type Fault = {
  readonly name: string
  /** What it does, and how it is undone. */
  readonly about: string
  /** Whether those who have to do with it may miss media for a while. */
  readonly interrupts: boolean
  /** Resolves when it is undone. */
  play(stage: Stage): Promise<void>
}
