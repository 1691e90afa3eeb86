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
    // The NAT laboratory has a command of its own: npm run test:nat
    exclude: [...configDefaults.exclude, 'test/nat/**'],
    setupFiles: ['test/support/loopback-only.ts'],
    pool: 'forks',
    // Most of the time the tests wait for processes and sockets; vitest would leave the second core idle.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000
  }
})
