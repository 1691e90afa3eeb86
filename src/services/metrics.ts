import { createServer, type Server, type ServerResponse } from 'node:http'
import { codeOf, SwarmchatError } from '../base/errors.js'
import { type Metric, metricsText } from '../base/metrics.js'

/** Most connections of a metrics server. BOUNDED: this. */
const MAX_CLIENTS = 16
const HOST = '127.0.0.1'
/** What a client on this machine calls it, with or without a port. */
const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i

/** What serves figures until it is closed. */
export interface MetricsServer {
  close(): Promise<void>
}

/**
 * Serves `/metrics` on a loopback port: these figures, as they are when they are asked for, and those
 * of the process. Refuses requests for other hosts than loopback names. Throws PORT_IN_USE.
 */
export async function serveMetrics(
  port: number,
  metrics: () => readonly Metric[]
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (!isLoopback(request.headers.host)) response.writeHead(403).end('Ask for 127.0.0.1.\n')
    else if (request.url === '/metrics' && request.method === 'GET')
      answer(response, metricsText([...metrics(), ...processMetrics()]))
    else response.writeHead(404).end('GET /metrics\n')
  })
  server.maxConnections = MAX_CLIENTS
  server.requestTimeout = 5_000
  await listen(server, port)
  return { close: () => close(server) }
}

// A page in a browser that had its own name lead to this machine would read the figures as its own: its requests say that
// name. Requests without one (HTTP/1.0) come from no browser.
function isLoopback(host: string | undefined): boolean {
  return host === undefined || LOOPBACK.test(host)
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

function processMetrics(): Metric[] {
  const gauge = (name: string, help: string, value: number): Metric => ({
    name,
    type: 'gauge',
    help,
    value
  })
  return [
    gauge('swarmchat_uptime_seconds', 'Seconds since this process began.', process.uptime()),
    gauge(
      'process_resident_memory_bytes',
      'Resident memory of this process.',
      process.memoryUsage.rss()
    )
  ]
}
