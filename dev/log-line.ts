const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
}
const UNKNOWN = 40
const KNOWN_FIELDS = ['level', 'time', 'pid', 'hostname', 'name', 'msg', 'err']

export type LogLine = { readonly level: number; readonly text: string }

/** One line of a process's output for people: pino's JSON in short, anything else as it is and taken for a warning. */
export function readLogLine(line: string): LogLine {
  const entry = parseObject(line)
  if (entry === undefined || typeof entry['level'] !== 'number') return { level: UNKNOWN, text: line }
  const { level, msg, err } = entry
  const fields = Object.entries(entry).filter(([key]) => !KNOWN_FIELDS.includes(key))
  const parts = [
    LEVELS[level] ?? `level ${level}`,
    typeof msg === 'string' ? msg : '',
    ...fields.map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`),
    ...errorText(err),
  ]
  return { level, text: parts.filter((part) => part !== '').join(' ') }
}

function parseObject(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return { ...JSON.parse(line) }
  } catch {
    return undefined
  }
}

function errorText(err: unknown): string[] {
  if (typeof err !== 'object' || err === null) return []
  if ('stack' in err && typeof err.stack === 'string') return [`\n${err.stack}`]
  return 'message' in err && typeof err.message === 'string' ? [err.message] : []
}
