/** Groups of bars, one for each series; a value that is missing is left out. */
export type BarChart = {
  readonly title: string
  readonly unit: string
  readonly series: readonly string[]
  readonly groups: readonly { readonly label: string; readonly values: readonly (number | undefined)[] }[]
  /** Lines across, such as what was to be reached. */
  readonly lines?: readonly { readonly label: string; readonly value: number }[]
  /** `log` for values of several orders of magnitude. */
  readonly scale?: 'linear' | 'log'
}

const WIDTH = 820
const HEIGHT = 380
const LEFT = 56
const RIGHT = 16
const TOP = 72
const BOTTOM = 44
const PLOT_WIDTH = WIDTH - LEFT - RIGHT
const PLOT_HEIGHT = HEIGHT - TOP - BOTTOM
const GROUP_PADDING = 0.18
const TICKS = 5
/** Told apart by who does not see red and green alike; each has 3:1 against white and against near-black. */
const COLOURS = ['#2f7ed8', '#d9730d', '#8e5bc4', '#1a9b76', '#c2457a', '#7f7f2a']

/** An SVG image that follows the reader's preference for dark or light. */
export function barChart(chart: BarChart): string {
  const scale = scaleOf(chart)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(chart.title)}">`,
    STYLE,
    `<rect class="page" width="${WIDTH}" height="${HEIGHT}" rx="6"/>`,
    text({ x: LEFT, y: 24, class: 'title' }, `${chart.title} (${chart.unit})`),
    legend(chart.series),
    ...scale.ticks.map((tick) => gridLine(scale.y(tick), figure(tick))),
    ...chart.groups.flatMap((group, index) => bars(group, index, chart, scale)),
    ...(chart.lines ?? []).flatMap(({ label, value }) => reachLine(scale.y(value), label)),
    '</svg>',
    '',
  ].join('\n')
}

const STYLE = `<style>
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-size: 15px; font-weight: 600 }
.page { fill: #ffffff }
.grid { stroke: #d0d7de }
.reach { stroke: #24292f; stroke-dasharray: 6 4 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .page { fill: #0d1117 }
  .grid { stroke: #30363d }
  .reach { stroke: #e6edf3 }
}
</style>`

type Scale = { readonly ticks: readonly number[]; y(value: number): number }

function scaleOf({ groups, lines = [], scale }: BarChart): Scale {
  const values = [...groups.flatMap((group) => group.values), ...lines.map(({ value }) => value)]
  const known = values.flatMap((value) => (value === undefined || value <= 0 ? [] : [value]))
  const most = known.reduce((a, b) => Math.max(a, b), 0)
  return scale === 'log' ? logScale(Math.min(...known), most) : linearScale(most)
}

function linearScale(most: number): Scale {
  const rough = Math.max(most, 1e-9) / TICKS
  const magnitude = 10 ** Math.floor(Math.log10(rough))
  const step = magnitude * ([1, 2, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10)
  const top = Math.ceil(most / step) * step || step
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step)
  return { ticks, y: (value) => TOP + PLOT_HEIGHT * (1 - value / top) }
}

function logScale(least: number, most: number): Scale {
  const [bottom, top] = [
    Math.floor(Math.log10(least)),
    Math.max(Math.ceil(Math.log10(most)), Math.floor(Math.log10(least)) + 1),
  ]
  const ticks = Array.from({ length: top - bottom + 1 }, (_, index) => 10 ** (bottom + index))
  const part = (value: number) => (Math.log10(Math.max(value, 10 ** bottom)) - bottom) / (top - bottom)
  return { ticks, y: (value) => TOP + PLOT_HEIGHT * (1 - part(value)) }
}

function bars(group: BarChart['groups'][number], index: number, { groups, series }: BarChart, scale: Scale): string[] {
  const groupWidth = PLOT_WIDTH / groups.length
  const left = LEFT + index * groupWidth + (groupWidth * GROUP_PADDING) / 2
  const width = (groupWidth * (1 - GROUP_PADDING)) / series.length
  const drawn = group.values.flatMap((value, place) => {
    if (value === undefined) return []
    const [x, y] = [left + place * width, scale.y(value)]
    const height = Math.max(1, TOP + PLOT_HEIGHT - y)
    const colour = COLOURS[place % COLOURS.length]
    return [
      `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${(width * 0.92).toFixed(1)}" height="${height.toFixed(1)}" fill="${colour}"/>`,
      text({ x: x + (width * 0.92) / 2, y: y - 4, anchor: 'middle' }, figure(value)),
    ]
  })
  return [
    ...drawn,
    text({ x: LEFT + (index + 0.5) * groupWidth, y: HEIGHT - BOTTOM + 20, anchor: 'middle' }, group.label),
  ]
}

function legend(series: readonly string[]): string {
  let x = LEFT
  return series
    .map((name, index) => {
      const at = x
      x += 34 + name.length * 7
      return `<rect x="${at}" y="38" width="12" height="12" fill="${COLOURS[index % COLOURS.length]}"/>${text({ x: at + 18, y: 49 }, name)}`
    })
    .join('\n')
}

function gridLine(y: number, label: string): string {
  const line = `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}"/>`
  return `${line}${text({ x: LEFT - 8, y: y + 4, anchor: 'end' }, label)}`
}

function reachLine(y: number, label: string): string[] {
  const line = `<line class="reach" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}"/>`
  return [line, text({ x: WIDTH - RIGHT - 4, y: y - 5, anchor: 'end' }, label)]
}

type Place = { readonly x: number; readonly y: number; readonly class?: string; readonly anchor?: 'middle' | 'end' }

function text(place: Place, content: string): string {
  const { x, y, class: name, anchor } = place
  const attributes = `${name ? ` class="${name}"` : ''}${anchor ? ` text-anchor="${anchor}"` : ''}`
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${attributes}>${escaped(content)}</text>`
}

/** Three digits are what a bar can say. */
function figure(value: number): string {
  if (value >= 100 || Number.isInteger(value)) return value.toFixed(0)
  return value >= 10 ? value.toFixed(1) : `${Number(value.toPrecision(2))}`
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
