import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { serveMetrics } from '../../src/services/metrics.js'
import { freePort } from '../support/free-port.js'

const METRIC = { name: 'lines_total', type: 'counter', help: 'Lines.', value: 7 } as const

/** What is answered to somebody who calls this machine so. */
async function asked(port: number, host: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { host, connection: 'close' }
    const sent = request({ host: '127.0.0.1', port, path: '/metrics', headers }, async answer => {
      resolve({ status: answer.statusCode ?? 0, body: await text(answer) })
    })
    sent.on('error', reject).end()
  })
}

test('figures are for this machine: a page whose name leads here does not get them', async () => {
  const port = await freePort()
  const server = await serveMetrics(port, () => [METRIC])
  try {
    for (const host of [`127.0.0.1:${port}`, 'localhost', `LOCALHOST:${port}`, `[::1]:${port}`]) {
      const { body, status } = await asked(port, host)
      expect(status, host).toBe(200)
      expect(body).toContain('lines_total 7')
    }
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example']) {
      const { body, status } = await asked(port, host)
      expect(status, host).toBe(403)
      expect(body).not.toContain('lines_total')
    }
  } finally {
    await server.close()
  }
})
