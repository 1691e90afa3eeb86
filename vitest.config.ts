import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    // What examples and templates import: the sources, not a build.
    alias: {
      'swarmchat/bot': new URL('./src/bot/index.ts', import.meta.url).pathname,
      'swarmchat/testing': new URL('./src/testing/index.ts', import.meta.url).pathname
    }
  },
  test: {
    include: ['test/**/*.test.ts'],
    // These have commands of their own: npm run test:e2e, test:sim and test:nat.
    exclude: [...configDefaults.exclude, 'test/e2e/**', 'test/**/*.long.test.ts', 'test/nat/**'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/loopback-only.ts'],
    pool: 'forks',
    // Many tests wait for processes, sockets and the program's own times: one more than the cores there are in CI.
    maxWorkers: 3,
    // Tests await events. These limits only end one that waits for what will never come, on the busiest machine.
    testTimeout: 120_000,
    hookTimeout: 120_000
  }
})
