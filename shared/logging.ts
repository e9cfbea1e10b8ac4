import pino, { type Logger } from 'pino'

export type { Logger }

/** JSON logs on standard output. Tokens, keys and what people said must never be put into a log call; these are a net. */
export function createLogger(options: { name: string; level: string }): Logger {
  return pino({
    name: options.name,
    level: options.level,
    redact: {
      paths: ['token', '*.token', 'authorization', '*.authorization', 'text', '*.text', 'ip', '*.ip'],
      remove: true,
    },
  })
}
