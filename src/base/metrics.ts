/** One figure of a running program, named as Prometheus names them: units in the name, counters end in `_total`. */
export interface Metric {
  readonly name: string
  /** A counter only grows, until the program starts anew. */
  readonly type: 'gauge' | 'counter'
  /** What is counted, as a sentence. */
  readonly help: string
  readonly value: number
  /** What tells it from others of the same name. Default none. */
  readonly labels?: Readonly<Record<string, string>> | undefined
}

/** What a figure is, beside its value. */
export type MetricKind = Pick<Metric, 'name' | 'type' | 'help'>

/** One counter for each key of a map, which is its label. */
export function countersOf(
  kind: Omit<MetricKind, 'type'>,
  label: string,
  counts: ReadonlyMap<string, number>
): Metric[] {
  return [...counts].map(([key, value]) => ({
    ...kind,
    type: 'counter',
    value,
    labels: { [label]: key }
  }))
}

/** The same figures with more labels. */
export function labelled(
  metrics: readonly Metric[],
  labels: Readonly<Record<string, string>>
): Metric[] {
  return metrics.map(metric => ({ ...metric, labels: { ...labels, ...metric.labels } }))
}

/** Figures in Prometheus' text format: those of one name together, in the order in which the names came. */
export function metricsText(metrics: readonly Metric[]): string {
  const byName = new Map<string, Metric[]>() // BOUNDED: the names of our figures
  for (const metric of metrics) {
    const same = byName.get(metric.name)
    if (same === undefined) byName.set(metric.name, [metric])
    else same.push(metric)
  }
  return [...byName.values()]
    .flatMap(familyLines)
    .map(line => `${line}\n`)
    .join('')
}

function familyLines(family: readonly Metric[]): string[] {
  const [first] = family
  if (first === undefined) return []
  const { help, name, type } = first
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...family.map(sampleLine)]
}

function sampleLine({ labels = {}, name, value }: Metric): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
  return pairs.length === 0 ? `${name} ${value}` : `${name}{${pairs.join()}} ${value}`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
