import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

const PREFIX = 'jbcalling_'

/** Gauges of prom-client's own that are named as only counters may be. */
const MISNAMED = ['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total']

/** The labels of a metric with all the values that each may have: nothing that a caller sends becomes one. */
export type ClosedLabels = Readonly<Record<string, readonly string[]>>

/** One value for each label. */
export type LabelValues<L extends ClosedLabels> = { readonly [N in keyof L]: L[N][number] }

type Naming = { readonly name: string; readonly help: string }

/** The metrics of one process: its own, which all begin with `jbcalling_`, and those of Node. */
export class MetricRegistry {
  readonly #registry = new Registry()

  /** `version` is that of the process, for `jbcalling_build_info`. */
  constructor(version: string) {
    collectDefaultMetrics({ register: this.#registry })
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name)
    const named = this.#named('build_info', 'The version that runs; always 1')
    new Gauge({ ...named, labelNames: ['version'] }).set({ version }, 1)
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  /** `_total` is added to the name. All values of its labels are there from the start, or their first increase would not count. */
  counter<const L extends ClosedLabels>(
    name: string,
    help: string,
    labels: L,
  ): (values: LabelValues<L>, by?: number) => void {
    const counter = new Counter({ ...this.#named(`${name}_total`, help), labelNames: Object.keys(labels) })
    for (const values of combinations(labels)) counter.inc(values, 0)
    return (values, by = 1) => counter.inc({ ...values }, by)
  }

  /** A counter without labels. */
  count(name: string, help: string): (by?: number) => void {
    const counter = new Counter(this.#named(`${name}_total`, help))
    return (by = 1) => counter.inc(by)
  }

  /** A counter that somebody else keeps; `undefined` says that nobody knows it at the moment. */
  countedElsewhere(name: string, help: string): (value: number | undefined) => void {
    const counter = new Counter(this.#named(`${name}_total`, help))
    return (value) => {
      counter.reset()
      if (value === undefined) counter.remove()
      else counter.inc(value)
    }
  }

  /** Set to `undefined` it says nothing. */
  gauge(name: string, help: string): (value: number | undefined) => void {
    const gauge = new Gauge(this.#named(name, help))
    return (value) => (value === undefined ? gauge.remove() : gauge.set(value))
  }

  /** One gauge for each value of one label. */
  gauges<const V extends string>(
    name: string,
    help: string,
    { label, values }: { readonly label: string; readonly values: readonly V[] },
  ): (value: V, to: number | undefined) => void {
    const gauge = new Gauge({ ...this.#named(name, help), labelNames: [label] })
    for (const value of values) gauge.set({ [label]: value }, 0)
    return (value, to) => (to === undefined ? gauge.remove({ [label]: value }) : gauge.set({ [label]: value }, to))
  }

  /** Is read whenever the metrics are asked for. */
  watch(name: string, help: string, read: () => number): void {
    new Gauge({
      ...this.#named(name, help),
      collect() {
        this.set(read())
      },
    })
  }

  /** The same with labels. */
  watchEach<const N extends string>(
    name: string,
    help: string,
    read: () => readonly { readonly labels: Readonly<Record<N, string>>; readonly value: number }[],
    labelNames: readonly N[],
  ): void {
    new Gauge({
      ...this.#named(name, help),
      labelNames: [...labelNames],
      collect() {
        this.reset()
        for (const { labels, value } of read()) this.set({ ...labels }, value)
      },
    })
  }

  histogram(name: string, help: string, buckets: readonly number[]): (value: number) => void {
    const histogram = new Histogram({ ...this.#named(name, help), buckets: [...buckets] })
    return (value) => histogram.observe(value)
  }

  /** `fromStart` are the values of its labels that are there before anything was observed. */
  histograms<const N extends string>(
    name: string,
    help: string,
    options: {
      readonly buckets: readonly number[]
      readonly labelNames: readonly N[]
      readonly fromStart?: readonly Readonly<Record<N, string>>[]
    },
  ): (values: Readonly<Record<N, string>>, value: number) => void {
    const { buckets, labelNames, fromStart = [] } = options
    const histogram = new Histogram({ ...this.#named(name, help), buckets: [...buckets], labelNames: [...labelNames] })
    for (const values of fromStart) histogram.zero({ ...values })
    return (values, value) => histogram.observe({ ...values }, value)
  }

  #named(name: string, help: string): Naming & { registers: Registry[] } {
    return { name: `${PREFIX}${name}`, help, registers: [this.#registry] }
  }
}

/** Every choice of one value for each label. */
export function combinations<L extends ClosedLabels>(labels: L): Readonly<Record<string, string>>[] {
  return Object.entries(labels).reduce<Readonly<Record<string, string>>[]>(
    (all, [name, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  )
}
