import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'

/** One metric that a query reads, with every label that the query takes it to have. */
export type Selector = {
  readonly metric: string
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[]
  /** Of the aggregations around it. */
  readonly groupedBy: readonly string[]
}

/** What Grafana puts in for an interval. */
const INTERVAL = /\$__rate_interval/g

/** @throws Error when it is not PromQL */
export function selectorsOf(query: string): readonly Selector[] {
  const text = query.replaceAll(INTERVAL, '5m')
  const selectors: Selector[] = []
  parser.parse(text).iterate({
    enter({ node }) {
      if (node.type.isError) throw new Error(`not PromQL at ${node.from}: ${text}`)
      if (node.name === 'VectorSelector') selectors.push(selectorOf(node, text))
    },
  })
  return selectors
}

/** The labels that its result has, of those that it names; undefined where it does not aggregate. */
export function resultLabels(query: string): readonly string[] | undefined {
  const text = query.replaceAll(INTERVAL, '5m')
  const aggregates: SyntaxNode[] = []
  parser.parse(text).iterate({ enter: ({ node }) => void (node.name === 'AggregateExpr' && aggregates.push(node)) })
  if (aggregates.length === 0) return undefined
  return aggregates.flatMap((aggregate) => labelsIn(aggregate.getChild('AggregateModifier'), text))
}

function selectorOf(node: SyntaxNode, text: string): Selector {
  const said = ({ from, to }: SyntaxNode) => text.slice(from, to)
  const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []
  const identifier = node.getChild('Identifier')
  const grouped: string[] = []
  for (let above = node.parent; above !== null; above = above.parent) {
    if (above.name === 'AggregateExpr') grouped.push(...labelsIn(above.getChild('AggregateModifier'), text))
    if (above.name === 'BinaryExpr') grouped.push(...labelsIn(above.getChild('MatchingModifierClause'), text))
  }
  return {
    metric: identifier === null ? '' : said(identifier),
    groupedBy: grouped,
    matchers: matchers.map((matcher) => {
      const [label, operator, value] = [matcher.firstChild, matcher.getChild('MatchOp'), matcher.lastChild]
      if (label === null || operator === null || value === null) throw new Error(`not a matcher: ${said(matcher)}`)
      return { label: said(label), operator: said(operator), value: said(value).slice(1, -1) }
    }),
  }
}

function labelsIn(clause: SyntaxNode | null, text: string): string[] {
  const labels = clause?.getChild('GroupingLabels')?.getChildren('LabelName') ?? []
  return labels.map(({ from, to }) => text.slice(from, to))
}
