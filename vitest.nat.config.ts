import { defineConfig } from 'vitest/config'
import { whyUnavailable } from './test/nat/lab/available.js'

const why = whyUnavailable()
if (why !== undefined && process.env.CI) throw new Error(`NAT laboratory: ${why}`)
if (why !== undefined) process.stderr.write(`NAT laboratory: ${why}\n`)

// The NAT laboratory: one test at a time, for all of them measure times on the same cores.
export default defineConfig({
  test: {
    include: why === undefined ? ['test/nat/**/*.test.ts'] : [],
    passWithNoTests: why !== undefined,
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/loopback-only.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000
  }
})
