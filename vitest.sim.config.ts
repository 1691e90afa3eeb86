import { defineConfig } from 'vitest/config'

const PROPERTIES = [
  'test/hostile/fairness.test.ts',
  'test/protocol/history/reconcile/reconcile-union.test.ts',
  'test/store/kill.test.ts'
]

// Long runs, most on virtual time. No limit of wall-clock time ends them: a busy machine only takes longer.
export default defineConfig({
  test: {
    include: ['test/**/*.long.test.ts', ...PROPERTIES],
    // ... and these so many times: npm test takes a few of their random cases.
    env: { RUNS: process.env.RUNS ?? '10' },
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/loopback-only.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 0,
    hookTimeout: 0
  }
})
