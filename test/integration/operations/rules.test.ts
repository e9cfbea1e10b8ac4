import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  alerts,
  cases,
  dataSources,
  operationsPage,
  PROMETHEUS_FOLDER,
  panels,
  troubleshootingPage,
} from './operator-files.ts'
import { promtool } from './promtool.ts'

const checks: ReadonlyArray<readonly [string, readonly string[]]> = [
  ['the configuration is valid', ['check', 'config', 'prometheus.yml']],
  ['the rules are valid', ['check', 'rules', 'rules.yml']],
  ['each alert fires when it should, and only then', ['test', 'rules', 'rules.test.yml']],
]

for (const [what, words] of checks) {
  test(`[V5] ${what}, says promtool`, (t) => {
    const problems = promtool(t, [...words.slice(0, -1), join(PROMETHEUS_FOLDER, words.at(-1) ?? '')])
    if (problems !== undefined) assert.equal(problems, '')
  })
}

test('[V5] each alert has a case in which it fires and one in which it does not', () => {
  for (const { alert } of alerts) {
    const own = cases
      .flatMap(({ promql_expr_test: each }) => each)
      .filter(({ expr }) => expr.includes(`alertname="${alert}"`))
    const samples = own.map(({ exp_samples: expected }) => expected.length).sort()
    assert.deepEqual(samples, [0, 1], alert)
  }
})

test('[V6] each alert leads to a heading of the operations page that says what to do', () => {
  const page = operationsPage()
  for (const { alert, annotations } of alerts) {
    assert.equal(annotations.runbook, `docs/OPERATIONS.md#${alert.toLowerCase()}`)
    const [, text = ''] = new RegExp(`\n### ${alert}\n\n([^#]+)`).exec(page) ?? []
    assert.ok(text.trim().length > 0, `OPERATIONS.md has no text under "### ${alert}"`)
  }
  const headings = [...page.matchAll(/^### ([A-Z]\w+[A-Z]\w*)$/gm)].map(([, name]) => name)
  assert.deepEqual(
    headings.filter((name) => !alerts.some(({ alert }) => alert === name)),
    [],
    'headings of alerts that there are not',
  )
})

test('[V6] the two pages for operators lead to headings of each other that there are', () => {
  const pages = { 'OPERATIONS.md': operationsPage(), 'TROUBLESHOOTING.md': troubleshootingPage() }
  for (const [name, text] of Object.entries(pages)) {
    for (const [link, page = name, anchor = ''] of text.matchAll(
      /\]\((OPERATIONS\.md|TROUBLESHOOTING\.md)?#([^)]+)\)/g,
    )) {
      const [, target = ''] = Object.entries(pages).find(([each]) => each === page) ?? []
      assert.ok(anchorsOf(target).includes(anchor), `${link} in ${name}`)
    }
  }
})

/** As the usual renderers make them. */
function anchorsOf(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

test('[V7] each panel of the dashboard reads the source that is provisioned, and names what it shows', () => {
  const sources = dataSources.map(({ uid }) => uid)
  for (const { title, datasource, targets } of panels) {
    assert.ok(sources.includes(datasource.uid), title)
    assert.ok(
      targets.every(({ legendFormat }) => legendFormat !== ''),
      title,
    )
    assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length, title)
  }
})
