import type { Faults } from './faults.ts'

/** A speech server under test: it speaks its protocol, or breaks it as `faults` say. */
export type SpeechServer = {
  readonly url: string
  readonly faults: Faults
  /** Connections that clients have open. */
  readonly connections: number
  /** Every request and message that came in, as text; sound is left out. */
  readonly received: string[]
  /** Ends every connection, as a server does that is restarted. */
  dropClients(): void
  close(): Promise<void>
}
