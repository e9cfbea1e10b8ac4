import type { SessionSocket } from '../../../media-node/signalling/session.ts'

/** A connection whose other side the test plays. */
export class ScriptedSocket implements SessionSocket {
  readonly sent: string[] = []
  readonly closed: { readonly code: number; readonly reason: string }[] = []
  bufferedAmount = 0
  pings = 0

  send(text: string): void {
    this.sent.push(text)
  }

  ping(): void {
    this.pings += 1
  }

  close(code: number, reason: string): void {
    this.closed.push({ code, reason })
  }
}
