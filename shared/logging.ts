import pino, { type DestinationStream, type Logger } from 'pino'

export type { Logger }

/** `payload` is what errors about a token carry: its claims. */
const NEVER_LOGGED = [
  'token',
  'rejoinToken',
  'resumeToken',
  'authorization',
  'payload',
  'text',
  'displayName',
  'ip',
  'address',
]

/**
 * JSON logs, on standard output unless somewhere else is given. Tokens, keys, addresses, names and what people said must
 * never be put into a log call; leaving these out is a net.
 */
export function createLogger(options: { name: string; level: string }, destination?: DestinationStream): Logger {
  const { name, level } = options
  const redact = { paths: NEVER_LOGGED.flatMap((field) => [field, `*.${field}`]), remove: true }
  return pino({ name, level, redact }, destination ?? pino.destination(1))
}
