import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const GUARD = join(ROOT, 'test/support/guard-preload.cjs')

const run = (cwd: string, ...args: string[]) =>
  spawnSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: process.env.PATH, NODE_OPTIONS: `--require ${GUARD}` }
  })

test('bot new writes a bot whose types are right and whose test passes; nothing is overwritten', () => {
  const parent = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  const made = run(parent, join(ROOT, 'bin/run.js'), 'bot', 'new', 'handshaker')
  expect(made.status, made.stderr).toBe(0)
  const directory = join(parent, 'handshaker')
  expect(readdirSync(directory).sort()).toEqual([
    'handshaker.test.ts',
    'handshaker.ts',
    'package.json',
    'tsconfig.json'
  ])
  // What npm install would bring.
  mkdirSync(join(directory, 'node_modules'))
  symlinkSync(ROOT, join(directory, 'node_modules/swarmchat'))
  for (const name of ['vitest', 'typescript'])
    symlinkSync(join(ROOT, 'node_modules', name), join(directory, 'node_modules', name))
  const types = run(directory, join(ROOT, 'node_modules/typescript/bin/tsc'))
  expect(types.status, types.stdout + types.stderr).toBe(0)
  const tests = run(directory, join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run')
  expect(tests.status, tests.stdout + tests.stderr).toBe(0)
  expect(tests.stdout).toMatch(/1 passed/)
  const again = run(parent, join(ROOT, 'bin/run.js'), 'bot', 'new', 'handshaker')
  expect(again.status).toBe(2)
  expect(again.stderr).toMatch(/There is a .*handshaker already/)
  expect(run(parent, join(ROOT, 'bin/run.js'), 'bot', 'new', '../x').status).toBe(2)
}, 120_000)
