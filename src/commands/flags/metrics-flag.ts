import { integer } from '@oclif/core/flags'
import type { Metric } from '../../base/metrics.js'

/** The flag of every command that goes on; read it with `servingMetrics`, or hand it to a service. */
export const metricsFlag = {
  metrics: integer({
    min: 1,
    max: 65535,
    helpValue: 'PORT',
    description: 'serve figures for Prometheus at http://127.0.0.1:PORT/metrics'
  })
}

/** Whoever has figures. */
interface Measured {
  metrics(): Metric[]
}

/**
 * Runs something, and meanwhile serves the figures of all that it adds; without a port just runs it.
 * Throws PORT_IN_USE before that.
 */
export async function servingMetrics(
  port: number | undefined,
  run: (add: (measured: Measured) => void) => Promise<void>
): Promise<void> {
  if (port === undefined) return run(() => {})
  const all: Measured[] = [] // BOUNDED: by the rooms of one command
  const { serveMetrics } = await import('../../services/metrics.js')
  const server = await serveMetrics(port, () => all.flatMap(measured => measured.metrics()))
  try {
    await run(measured => all.push(measured))
  } finally {
    await server.close()
  }
}
