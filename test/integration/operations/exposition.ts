/** A metric as a process exposes it, in Prometheus' text format. */
export type Exposed = { readonly name: string; readonly type: string; readonly help: string }

/** Each series name with its labels, and the values that each label has. */
export type Series = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g

export function exposedIn(text: string): readonly Exposed[] {
  return [...text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)$/gm)].map(([, name = '', help = '', type = '']) => ({
    name,
    help,
    type,
  }))
}

export function seriesIn(...texts: readonly string[]): Series {
  const series = new Map<string, Map<string, Set<string>>>()
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    const [, name, labels = ''] = SAMPLE.exec(line) ?? []
    if (name === undefined) continue
    const known = series.get(name) ?? new Map<string, Set<string>>()
    series.set(name, known)
    for (const [, label = '', value = ''] of labels.matchAll(LABEL)) {
      known.set(label, (known.get(label) ?? new Set()).add(value))
    }
  }
  return series
}
