import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { until } from '../media-node/until.ts'
import { exposedIn, type Series, seriesIn } from './exposition.ts'
import { alerts, dashboard, operationsPage, panels, recordings } from './operator-files.ts'
import { resultLabels, type Selector, selectorsOf } from './promql-selectors.ts'
import { startTwoProcesses, type TwoProcesses } from './two-processes.ts'

/** What Prometheus adds to whatever it scrapes, and makes itself. */
const ADDED = ['instance', 'job']
const OF_PROMETHEUS: Readonly<Record<string, readonly string[]>> = { up: [], ALERTS: ['alertname', 'alertstate'] }

let processes: TwoProcesses
let texts: readonly string[]
let series: Series

before(async () => {
  processes = await startTwoProcesses()
  await processes.join('queried', 'Ada')
  await refuseARoom()
  texts = await Promise.all([processes.metrics('controlPlane'), processes.metrics('mediaNode')])
  series = seriesIn(...texts)
})
after(() => processes.stop())

/** So that there is an answer of the class 5xx. */
async function refuseARoom(): Promise<void> {
  const { controlPlane } = processes.urls
  const { nodes } = await (await fetch(`${controlPlane}/v1/nodes`)).json()
  await fetch(`${controlPlane}/v1/nodes/${nodes[0].nodeId}/drain`, { method: 'POST' })
  await until(async () => assert.equal((await fetch(`${controlPlane}/v1/rooms`, { method: 'POST' })).status, 503))
}

/** What is wrong with a query, in words. */
function problemsOf(query: string, labelsShown: readonly string[] = []): string[] {
  const kept = resultLabels(query)
  const unshown = labelsShown.filter((label) => kept !== undefined && !kept.includes(label))
  return [
    ...selectorsOf(query).flatMap((selector) => problemsWith(selector, kept === undefined ? labelsShown : [])),
    ...unshown.map((label) => `its result has no label ${label}`),
  ].map((problem) => `${query}: ${problem}`)
}

function problemsWith({ metric, matchers, groupedBy }: Selector, labelsShown: readonly string[]): string[] {
  const recorded = recordings.find(({ record }) => record === metric)
  const labels = recorded ? resultLabels(recorded.expr) : OF_PROMETHEUS[metric]
  const known = series.get(metric)
  if (labels === undefined && known === undefined) return [`there is no metric ${metric}`]
  const has = (label: string) => ADDED.includes(label) || (labels?.includes(label) ?? known?.has(label) ?? false)
  const named = [...matchers.map(({ label }) => label), ...groupedBy, ...labelsShown]
  const unmatched = matchers.filter(({ label, operator, value }) => {
    const values = known?.get(label)
    if (values === undefined || operator.startsWith('!')) return false
    const pattern = operator === '=' ? undefined : new RegExp(`^(?:${value})$`)
    return ![...values].some((each) => pattern?.test(each) ?? each === value)
  })
  return [
    ...named.filter((label) => !has(label)).map((label) => `${metric} has no label ${label}`),
    ...unmatched.map(({ label, operator, value }) => `${metric} has no ${label}${operator}"${value}"`),
  ]
}

const placeholders = (text: string) =>
  [...text.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, label = '']) => label)

test('[V3] each metric, label and label value that an alert or a recording names is one that the processes have', () => {
  const problems = [
    ...recordings.flatMap(({ expr }) => problemsOf(expr)),
    ...alerts.flatMap(({ expr, annotations }) => problemsOf(expr, placeholders(annotations.summary))),
  ]
  assert.deepEqual(problems, [])
})

test('[V3] each metric, label and label value that the dashboard names is one that the processes have', () => {
  const problems = [
    ...panels
      .flatMap(({ targets }) => targets)
      .flatMap((each) => problemsOf(each.expr, placeholders(each.legendFormat))),
    ...dashboard.annotations.list.flatMap(({ expr }) => problemsOf(expr)),
  ]
  assert.deepEqual(problems, [])
})

test('[V3] a query of what is not there is found', () => {
  const wrong = [
    'jbcalling_no_such_thing',
    'jbcalling_participants{room="tea"}',
    'sum by (room) (jbcalling_participants)',
    'jbcalling_rooms_closed_total{reason="boredom"}',
    'jbcalling_rooms_closed_total{reason=~"bored.*"}',
  ]
  for (const query of wrong) assert.equal(problemsOf(query).length, 1, query)
  assert.equal(problemsOf('sum(jbcalling_participants)', ['instance']).length, 1)
  assert.throws(() => problemsOf('sum(jbcalling_participants'))
})

test('[V4] the operations page lists all metrics of our own, with their labels and what they mean', () => {
  const rows = texts.flatMap((text) => exposedIn(text)).filter(({ name }) => name.startsWith('jbcalling_'))
  const made = new Map(
    rows.map(({ name, type, help }) => [name, `| \`${name}\` | ${type} | ${labelsOf(name)} | ${help} |`]),
  )
  const table = [...made.values()].sort()
  const written = operationsPage()
    .split('\n')
    .filter((line) => line.startsWith('| `jbcalling_'))
  assert.deepEqual(written, table, `the table is:\n${table.join('\n')}`)
})

function labelsOf(name: string): string {
  const labels = series.get(name) ?? series.get(`${name}_count`) ?? new Map()
  return [...labels.keys()].map((label) => `\`${label}\``).join(', ')
}
