import { createServer, type Server, type ServerResponse } from 'node:http'
import { codeOf, SwarmchatError } from '../base/errors.js'
import type { NodeCounts } from '../swarm/dht/private-parts.js'

/** Most connections of a metrics server. BOUNDED: this. */
const MAX_CLIENTS = 16
const HOST = '127.0.0.1'

/** The figures of bootstrap nodes in Prometheus' text format. */
export function metricsText(counts: readonly NodeCounts[], uptimeSeconds: number): string {
  const sum = (of: (count: NodeCounts) => number) => counts.map(of).reduce((a, b) => a + b, 0)
  const served = servedOf(counts).map(
    ([command, n]) => `swarmchat_dht_served_requests_total{command="${command}"} ${n}`
  )
  return [
    ...metric('swarmchat_bootstrap_nodes', 'gauge', 'DHT nodes of this process.', counts.length),
    ...metric(
      'swarmchat_bootstrap_uptime_seconds',
      'gauge',
      'Seconds since the nodes were started.',
      Math.round(uptimeSeconds)
    ),
    ...header('swarmchat_dht_known_nodes', 'gauge', 'Nodes in the table of each node.'),
    ...counts.map(({ known }, i) => `swarmchat_dht_known_nodes{node="${i}"} ${known}`),
    ...header('swarmchat_dht_records', 'gauge', 'Announcements that each node holds.'),
    ...counts.map(({ records }, i) => `swarmchat_dht_records{node="${i}"} ${records}`),
    ...header('swarmchat_dht_served_requests_total', 'counter', 'Requests of others.'),
    ...served,
    ...metric(
      'swarmchat_dht_sent_requests_total',
      'counter',
      'Own requests.',
      sum(c => c.sent.total)
    ),
    ...metric(
      'swarmchat_dht_sent_request_timeouts_total',
      'counter',
      'Own requests that nobody answered in time.',
      sum(c => c.sent.timeouts)
    ),
    ...metric(
      'process_resident_memory_bytes',
      'gauge',
      'Resident memory of this process.',
      process.memoryUsage.rss()
    ),
    ''
  ].join('\n')
}

/** Serves `/metrics` on a loopback port. Throws PORT_IN_USE. */
export async function serveMetrics(
  port: number,
  text: () => string
): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.url === '/metrics' && request.method === 'GET') answer(response, text())
    else response.writeHead(404).end('GET /metrics\n')
  })
  server.maxConnections = MAX_CLIENTS
  server.requestTimeout = 5_000
  await listen(server, port)
  return { close: () => close(server) }
}

function answer(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text)
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', thrown => reject(refused(port, thrown)))
    server.listen({ port, host: HOST }, resolve)
  })
}

function refused(port: number, cause: unknown): SwarmchatError {
  const why = codeOf(cause) === 'EADDRINUSE' ? 'is taken by another program' : 'cannot be used'
  return new SwarmchatError('PORT_IN_USE', `Port ${port} of ${HOST} ${why}.`, {
    hint: 'Choose another one with --metrics.',
    cause
  })
}

function close(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise(resolve => server.close(() => resolve()))
}

function servedOf(counts: readonly NodeCounts[]): [command: string, count: number][] {
  const all = new Map<string, number>() // BOUNDED: the commands of hyperdht
  for (const { served } of counts)
    for (const [command, n] of served) all.set(command, (all.get(command) ?? 0) + n)
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1))
}

function metric(name: string, type: 'gauge' | 'counter', help: string, value: number): string[] {
  return [...header(name, type, help), `${name} ${value}`]
}

function header(name: string, type: 'gauge' | 'counter', help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
}
