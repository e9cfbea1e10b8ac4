import assert from 'node:assert/strict'
import { test } from 'node:test'
import { barChart } from '../../bench/bar-chart.ts'

const HEIGHT_OF_BAR = /height="([\d.]+)" fill="#/g

test('[X2] bars are as high as their values, on a logarithmic scale as their logarithms, and what is missing has none', () => {
  const chart = { title: 'a', unit: 'ms', series: ['p50'], groups: [1, 10, undefined, 100].map(group) }
  const [one = 0, ten = 0, hundred = 0, none] = heights(barChart(chart))
  assert.ok(Math.abs(hundred - 10 * ten) < 1 && Math.abs(ten - 10 * one) < 5)
  assert.equal(none, undefined)
  const [first = 0, second = 0, third = 0] = heights(barChart({ ...chart, scale: 'log' }))
  assert.ok(Math.abs(third - 2 * second) < 1 && first <= 1)
})

test('[X2] names with characters of XML do not break a chart', () => {
  const svg = barChart({ title: 'a < b & "c"', unit: '%', series: ['<x>'], groups: [group(1)] })
  assert.ok(svg.includes('aria-label="a &lt; b &amp; &quot;c&quot;"') && svg.includes('&lt;x>'))
})

function group(value: number | undefined) {
  return { label: `${value}`, values: [value] }
}

/** Those of the legend are not as wide as bars. */
function heights(svg: string): number[] {
  const bars = svg.split('\n').filter((line) => line.startsWith('<rect x=') && !line.includes('width="12"'))
  return bars.flatMap((bar) => [...bar.matchAll(HEIGHT_OF_BAR)].map(([, height]) => Number(height)))
}
