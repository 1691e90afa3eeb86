import { readdirSync, readFileSync } from 'node:fs'
import { configDefaults, defineConfig } from 'vitest/config'

/** These have commands of their own: npm run test:e2e, test:sim and test:nat. */
const ELSEWHERE = ['test/e2e/**', 'test/**/*.long.test.ts', 'test/nat/**']
const NOT_HERE = [...configDefaults.exclude, ...ELSEWHERE]
/** They replace modules, which others in the same process would get as well, or look at all that is in memory, and say so. */
const ALONE = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.test.ts'))
  .map(name => `test/${name}`)
  .filter(file => /vi\.mock\(|in a process of its own/i.test(readFileSync(file, 'utf8')))

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
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...NOT_HERE, ...ALONE],
          isolate: false
        }
      },
      { extends: true, test: { name: 'alone', include: ALONE, exclude: NOT_HERE } }
    ],
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
