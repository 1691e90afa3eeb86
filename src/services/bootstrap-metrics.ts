import { countersOf, type Metric, type MetricKind } from '../base/metrics.js'
import type { NodeCounts } from '../swarm/dht/private-parts.js'

/** The figures of bootstrap nodes, which have run for so many seconds. */
export function bootstrapMetrics(counts: readonly NodeCounts[], uptimeSeconds: number): Metric[] {
  const sum = (of: (count: NodeCounts) => number) => counts.map(of).reduce((a, b) => a + b, 0)
  const perNode = (kind: MetricKind, of: (count: NodeCounts) => number): Metric[] =>
    counts.map((count, i) => ({ ...kind, value: of(count), labels: { node: `${i}` } }))
  return [
    { ...NODES, value: counts.length },
    { ...UPTIME, value: Math.round(uptimeSeconds) },
    ...perNode(KNOWN, ({ known }) => known),
    ...perNode(RECORDS, ({ records }) => records),
    ...countersOf(SERVED, 'command', servedOf(counts)),
    { ...SENT, value: sum(({ sent }) => sent.total) },
    { ...TIMEOUTS, value: sum(({ sent }) => sent.timeouts) }
  ]
}

const NODES: MetricKind = {
  name: 'swarmchat_bootstrap_nodes',
  type: 'gauge',
  help: 'DHT nodes of this process.'
}
const UPTIME: MetricKind = {
  name: 'swarmchat_bootstrap_uptime_seconds',
  type: 'gauge',
  help: 'Seconds since the nodes were started.'
}
const KNOWN: MetricKind = {
  name: 'swarmchat_dht_known_nodes',
  type: 'gauge',
  help: 'Nodes in the table of each node.'
}
const RECORDS: MetricKind = {
  name: 'swarmchat_dht_records',
  type: 'gauge',
  help: 'Announcements that each node holds.'
}
const SERVED: MetricKind = {
  name: 'swarmchat_dht_served_requests_total',
  type: 'counter',
  help: 'Requests of others.'
}
const SENT: MetricKind = {
  name: 'swarmchat_dht_sent_requests_total',
  type: 'counter',
  help: 'Own requests.'
}
const TIMEOUTS: MetricKind = {
  name: 'swarmchat_dht_sent_request_timeouts_total',
  type: 'counter',
  help: 'Own requests that nobody answered in time.'
}

function servedOf(counts: readonly NodeCounts[]): ReadonlyMap<string, number> {
  const all = new Map<string, number>() // BOUNDED: the commands of hyperdht
  for (const { served } of counts)
    for (const [command, n] of served) all.set(command, (all.get(command) ?? 0) + n)
  return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)))
}
