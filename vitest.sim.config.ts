import { defineConfig } from 'vitest/config'

// Long runs on virtual time. No limit of wall-clock time ends them: a busy machine only takes longer.
export default defineConfig({
  test: {
    include: ['test/**/*.long.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/loopback-only.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 0
  }
})
