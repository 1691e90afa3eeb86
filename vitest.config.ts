import { configDefaults, defineConfig } from 'vitest/config'

/** Tests that need neither processes, sockets nor files, and leave nothing behind that others could see. */
const PURE = ['async', 'base', 'hostile', 'ndjson', 'protocol', 'sim', 'ui'].map(
  folder => `test/${folder}/**/*.test.ts`
)
/** These have commands of their own: npm run test:e2e, test:sim and test:nat. */
const ELSEWHERE = ['test/e2e/**', 'test/**/*.long.test.ts', 'test/nat/**']
const NOT_HERE = [...configDefaults.exclude, ...ELSEWHERE]

export default defineConfig({
  resolve: {
    // What examples and templates import: the sources, not a build.
    alias: {
      'swarmchat/bot': new URL('./src/bot/index.ts', import.meta.url).pathname,
      'swarmchat/testing': new URL('./src/testing/index.ts', import.meta.url).pathname
    }
  },
  test: {
    projects: [
      // A process for many files: most of what a small test takes is to load the sources.
      {
        extends: true,
        test: { name: 'pure', include: PURE, exclude: NOT_HERE, isolate: false }
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: [...NOT_HERE, ...PURE],
          globalSetup: ['test/support/global-setup.ts']
        }
      }
    ],
    setupFiles: ['test/support/loopback-only.ts'],
    pool: 'forks',
    // Many tests wait for processes, sockets and the program's own times: one more than the cores there are in CI.
    maxWorkers: 3,
    // Tests await events. These limits only end one that waits for what will never come, on the busiest machine.
    testTimeout: 120_000,
    hookTimeout: 120_000
  }
})
