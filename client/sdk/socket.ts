import { BEARER_PREFIX, RESUME_PREFIX, SUBPROTOCOL } from '../../shared/protocol/messages.ts'

/** What signalling needs of a WebSocket. */
export type Socket = {
  send(text: string): void
  close(): void
  addEventListener(type: 'open', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void
}

/** By what a participant is let in: a join token, or the one that takes them up again. */
export type Ticket = { readonly joinToken: string } | { readonly resumeToken: string }

export type OpenSocket = (url: string, ticket: Ticket) => Socket

/** Opens the socket of one participant. The token travels as a subprotocol, never in the URL. */
export const openSocket: OpenSocket = (url, ticket) => {
  const offer = 'joinToken' in ticket ? `${BEARER_PREFIX}${ticket.joinToken}` : `${RESUME_PREFIX}${ticket.resumeToken}`
  return new WebSocket(url, [SUBPROTOCOL, offer])
}
