import { createHash } from 'node:crypto'
import pino, { type DestinationStream, type Logger } from 'pino'

export type { Logger }

/** `payload` is what errors about a token carry: its claims. */
const NEVER_LOGGED = [
  'token',
  'rejoinToken',
  'resumeToken',
  'authorization',
  'payload',
  'roomId',
  'text',
  'displayName',
  'ip',
  'address',
]

/** Hexadecimal digits of a room's hash in the logs: 48 bits, so that two rooms of a year hardly share one. */
const LOGGED_DIGITS = 12

/**
 * By what the logs name a room. The id of a room lets its holder in, so no line has it; whoever knows an id finds its lines
 * by this, the first 12 hexadecimal digits of its SHA-256.
 */
export function loggedRoom(roomId: string): string {
  return createHash('sha256').update(roomId).digest('hex').slice(0, LOGGED_DIGITS)
}

/**
 * JSON logs, on standard output unless somewhere else is given. Tokens, keys, ids of rooms, addresses, names and what people said must
 * never be put into a log call; leaving these out is a net.
 */
export function createLogger(options: { name: string; level: string }, destination?: DestinationStream): Logger {
  const { name, level } = options
  const redact = { paths: NEVER_LOGGED.flatMap((field) => [field, `*.${field}`]), remove: true }
  return pino({ name, level, redact }, destination ?? pino.destination(1))
}
