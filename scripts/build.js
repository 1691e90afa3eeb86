// Builds dist/ and oclif.manifest.json: one build at a time, for each begins by removing what there is. `npx swarmchat` in a
// clone runs `prepare` as well, maybe while `npm ci` is building: it waits, and finds that it is built.
// `--if-needed`: only if something has changed since the last build.
import { spawnSync } from 'node:child_process'
import { openSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import native from 'fs-native-extensions'

const root = fileURLToPath(new URL('..', import.meta.url))
const STEPS = [
  ['scripts/bundle.js'],
  ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
  ['scripts/manifest.js']
]

/** The exit code. */
const run = words => spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' }).status ?? 1

/** Held until this process ends, however it does. A file system that has no locks is built on all the same. */
async function takeLock() {
  try {
    const lock = openSync(`${root}/node_modules/.build-lock`, 'a+')
    if (native.tryLock(lock)) return
    console.error('swarmchat is being built here already; waiting for that.')
    await native.waitForLock(lock)
  } catch (thrown) {
    console.error(`Building without a lock: ${thrown.message}`)
  }
}

/** The exit code. What is written last goes first: without it, a build that is broken off is none. */
function build() {
  rmSync(`${root}/oclif.manifest.json`, { force: true })
  return STEPS.reduce((code, step) => code || run(step), 0)
}

await takeLock()
const isNeeded = !process.argv.includes('--if-needed') || run(['scripts/is-built.js']) !== 0
process.exitCode = isNeeded ? build() : 0
process.exit()
