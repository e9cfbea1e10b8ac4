import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

const ROOT = join(import.meta.dirname, '../../..')
export const PROMETHEUS_FOLDER = join(ROOT, 'infra-swarm/prometheus')

const rule = z.union([
  z.strictObject({ record: z.string(), expr: z.string() }),
  z.strictObject({
    alert: z.string(),
    expr: z.string(),
    for: z.string().optional(),
    labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
    annotations: z.strictObject({ summary: z.string(), runbook: z.string() }),
  }),
])
const rulesFile = z.strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(rule) })) })

const casesFile = z.object({
  tests: z.array(
    z.object({
      name: z.string(),
      promql_expr_test: z.array(z.object({ expr: z.string(), exp_samples: z.array(z.unknown()) })),
    }),
  ),
})

const dataSource = z.object({ type: z.literal('prometheus'), uid: z.string() })
const target = z.object({ refId: z.string(), expr: z.string(), legendFormat: z.string() })
const panel = z.union([
  z.object({ id: z.int(), type: z.literal('row'), title: z.string() }),
  z.object({
    id: z.int(),
    type: z.enum(['timeseries', 'stat']),
    title: z.string().min(1),
    datasource: dataSource,
    fieldConfig: z.object({ defaults: z.object({ unit: z.string().min(1) }) }),
    targets: z.array(target).min(1),
  }),
])
const dashboardFile = z.object({
  uid: z.literal('jbcalling'),
  annotations: z.object({ list: z.array(z.object({ expr: z.string() })) }),
  panels: z.array(panel),
})
const sourcesFile = z.object({ datasources: z.array(z.object({ uid: z.string(), type: z.string() })) })

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

export const rules = rulesFile
  .parse(parse(read('infra-swarm/prometheus/rules.yml')))
  .groups.flatMap((group) => group.rules)
export const alerts = rules.flatMap((one) => ('alert' in one ? [one] : []))
export const recordings = rules.flatMap((one) => ('record' in one ? [one] : []))
export const cases = casesFile.parse(parse(read('infra-swarm/prometheus/rules.test.yml'))).tests
export const dashboard = dashboardFile.parse(JSON.parse(read('infra-swarm/grafana/dashboards/jbcalling.json')))
export const panels = dashboard.panels.flatMap((one) => (one.type === 'row' ? [] : [one]))
export const dataSources = sourcesFile.parse(
  parse(read('infra-swarm/grafana/provisioning/datasources/prometheus.yml')),
).datasources
export const operationsPage = () => read('docs/OPERATIONS.md')
export const troubleshootingPage = () => read('docs/TROUBLESHOOTING.md')
