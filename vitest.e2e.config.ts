import { defineConfig } from 'vitest/config'

// The built program, as its users start it: processes on one machine, which wait for each other most of the time.
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/loopback-only.ts'],
    pool: 'forks',
    maxWorkers: 3,
    // As for npm test: these limits only end a test that waits for what will never come.
    testTimeout: 240_000,
    hookTimeout: 240_000
  }
})
