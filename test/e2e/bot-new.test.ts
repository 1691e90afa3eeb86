import { execFileSync, spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const GUARD = join(ROOT, 'test/support/guard-preload.cjs')

const run = (cwd: string, program: string, ...args: string[]) =>
  spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    timeout: 240_000,
    env: {
      PATH: process.env.PATH,
      NODE_OPTIONS: `--require ${GUARD}`,
      HOME: cwd,
      npm_config_update_notifier: 'false'
    }
  })

const node = (cwd: string, ...args: string[]) => run(cwd, process.execPath, ...args)

/** The package as it is published, unpacked, with what it depends on. */
function installed(): string {
  const directory = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  const pack = join(ROOT, 'scripts/tarball.js')
  execFileSync(process.execPath, [pack, '--silent', '--pack-destination', directory])
  const [tarball = ''] = readdirSync(directory)
  execFileSync('tar', ['xzf', tarball], { cwd: directory })
  const root = join(directory, 'swarmchat')
  renameSync(join(directory, 'package'), root)
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  return root
}

test('bot new writes a bot that installs, whose types are right, and whose test passes', () => {
  const program = join(installed(), 'bin/run.js')
  const parent = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  const made = node(parent, program, 'bot', 'new', 'greeter')
  expect(made.status, made.stderr).toBe(0)
  const directory = join(parent, 'greeter')
  expect(readdirSync(directory).sort()).toEqual([
    'greeter.test.ts',
    'greeter.ts',
    'package.json',
    'tsconfig.json'
  ])
  // Those two come from a registry; tests do not go there.
  const manifest = join(directory, 'package.json')
  const { devDependencies, ...rest } = JSON.parse(readFileSync(manifest, 'utf8'))
  expect(Object.keys(devDependencies)).toEqual(['swarmchat', 'typescript', 'vitest'])
  const { swarmchat } = devDependencies
  writeFileSync(manifest, JSON.stringify({ ...rest, devDependencies: { swarmchat } }))
  const install = run(directory, 'npm', 'install', '--offline', '--no-audit', '--no-fund')
  expect(install.status, install.stderr).toBe(0)
  for (const name of ['vitest', 'typescript'])
    symlinkSync(join(ROOT, 'node_modules', name), join(directory, 'node_modules', name))
  const types = node(directory, join(ROOT, 'node_modules/typescript/bin/tsc'))
  expect(types.status, types.stdout + types.stderr).toBe(0)
  const tests = node(directory, join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run')
  expect(tests.status, tests.stdout + tests.stderr).toBe(0)
  expect(tests.stdout).toMatch(/1 passed/)
})

test('bot new overwrites nothing, and goes nowhere else', () => {
  const parent = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  const program = join(ROOT, 'bin/run.js')
  mkdirSync(join(parent, 'greeter'))
  const again = node(parent, program, 'bot', 'new', 'greeter')
  expect(again.status).toBe(2)
  expect(again.stderr).toMatch(/There is a .*greeter already/)
  expect(node(parent, program, 'bot', 'new', '../x').status).toBe(2)
})
