import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

/** An empty project, and in it what `npm install` of the packed package gives: no other types than that brings. */
let project: string
let files: string[]

function run(file: string, args: readonly string[], cwd: string): string {
  return execFileSync(file, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** What `npm run tarball` does when it has built. */
const tarball = (...words: string[]) =>
  run(process.execPath, [join(ROOT, 'scripts/tarball.js'), ...words], tmpdir())

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  const modules = join(project, 'node_modules')
  mkdirSync(modules)
  const [packed] = JSON.parse(tarball('--json', '--pack-destination', project))
  files = packed.files.map(({ path }: { path: string }) => path)
  run('tar', ['xzf', join(project, packed.filename), '-C', project], project)
  run('mv', ['package', join(modules, 'swarmchat')], project)
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  }
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }')
})

test('holds what a user needs, and nothing of the workshop', () => {
  for (const file of ['LICENSE', 'README.md', 'CHANGELOG.md', 'bin/run.js', 'oclif.manifest.json'])
    expect(files).toContain(file)
  expect(files.filter(file => file.startsWith('bin/'))).toEqual(['bin/package.json', 'bin/run.js'])
  expect(files.filter(file => /^(src|test|bench|scripts|\.)/.test(file))).toEqual([])
})

describe('the types stand on their own', () => {
  const program = `
import { homeDirectory, Room, Swarm } from 'swarmchat'
import type { Bot } from 'swarmchat/bot'
import { createTestRoom } from 'swarmchat/testing'

const room = await Room.open({ name: 'lobby' })
room.on('message', ({ nick, text }) => {
  const line: string = nick + text
  void line
})
export default (bot: Bot) => {
  bot.on('join', ctx => ctx.say(ctx.author.nick))
}
export const swarm: Swarm = new Swarm()
swarm.on('connection', stream => stream.write(new Uint8Array()))
export const more = [homeDirectory(), createTestRoom]
`

  test.each([
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler']
  ])('module %s, resolution %s', { timeout: 120_000 }, (module, resolution) => {
    const file = join(project, `${resolution}.ts`)
    writeFileSync(file, program)
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess']
    const how = ['--target', 'es2023', '--module', module, '--moduleResolution', resolution]
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    const outcome = () => run(process.execPath, [tsc, '--noEmit', ...strict, ...how, file], project)
    expect(outcome).not.toThrow()
  })

  // moduleResolution node10 knows no exports.
  test('every entry is found by older resolution, too', () => {
    const entries = Object.entries<{ types?: string }>(manifest.exports)
    for (const [entry, { types }] of entries) {
      if (types === undefined || entry === '.') continue
      expect(manifest.typesVersions['*'][entry.slice(2)]).toEqual([types])
    }
    expect(manifest.types).toBe(manifest.exports['.'].types)
  })
})

// From Node 20.19 on; where it is off, the error is Node's.
test.runIf(process.features.require_module)('its entries can be required', () => {
  const script = `const [{ Room }, { Bot }] = [require('swarmchat'), require('swarmchat/bot')]
console.log(typeof Room.open, typeof Bot)`
  expect(run(process.execPath, ['--no-warnings', '-e', script], project)).toBe(
    'function function\n'
  )
})

test('what is published builds nothing where it is installed', () => {
  const file = join(project, 'node_modules/swarmchat/package.json')
  const { devDependencies, scripts, ...rest } = JSON.parse(readFileSync(file, 'utf8'))
  expect([devDependencies, scripts]).toEqual([undefined, undefined])
  expect(rest).toMatchObject({ name: 'swarmchat', license: 'MIT', bin: manifest.bin })
})

test('a tarball that cannot be made leaves the repository as it was, and npm pack makes none', () => {
  const copy = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  mkdirSync(join(copy, 'scripts'))
  for (const file of ['package.json', 'scripts/tarball.js'])
    copyFileSync(join(ROOT, file), join(copy, file))
  const there = () => readdirSync(copy, { recursive: true }).toSorted()
  const before = there()
  const whole = readFileSync(join(copy, 'package.json'), 'utf8')
  // It has no dist/.
  expect(() => run(process.execPath, ['scripts/tarball.js'], copy)).toThrow()
  expect(() => run('npm', ['pack'], copy)).toThrow(/npm run tarball/)
  expect(there()).toEqual(before)
  expect(readFileSync(join(copy, 'package.json'), 'utf8')).toBe(whole)
})

test('a clone is built once: not again before one of its files has changed', () => {
  const copy = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  const put = (file: string, at: number) => {
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    writeFileSync(join(copy, file), '{}')
    utimesSync(join(copy, file), at, at)
  }
  const touch = (file: string, at: number) => utimesSync(join(copy, file), at, at)
  mkdirSync(join(copy, 'scripts'))
  copyFileSync(join(ROOT, 'scripts/is-built.js'), join(copy, 'scripts/is-built.js'))
  for (const file of ['package.json', 'src/ui/chat.ts', 'dist/index.js']) put(file, 1_000)
  for (const file of ['scripts/is-built.js', 'scripts', 'src/ui', 'src']) touch(file, 1_000)
  const isBuilt = () =>
    spawnSync(process.execPath, ['scripts/is-built.js'], { cwd: copy, stdio: 'ignore' }).status ===
    0
  expect(isBuilt()).toBe(false)
  put('oclif.manifest.json', 2_000)
  expect(isBuilt()).toBe(true)
  for (const changed of ['src/ui/chat.ts', 'src/ui', 'package.json']) {
    touch(changed, 3_000)
    expect(isBuilt()).toBe(false)
    touch(changed, 1_000)
  }
  rmSync(join(copy, 'dist'), { recursive: true })
  expect(isBuilt()).toBe(false)
})

/** A clone whose build takes long enough for another one to come in between, and only notes its steps. */
function tinyClone() {
  const copy = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  const put = (file: string, text: string) => {
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    writeFileSync(join(copy, file), text)
  }
  const step = (name: string, writes: string) =>
    `const fs = await import('node:fs')
    fs.appendFileSync('log', '${name} ')
    await new Promise(resolve => setTimeout(resolve, 200))
    fs.mkdirSync('dist', { recursive: true })
    fs.writeFileSync('${writes}', '')
    if (process.env.DIES_AFTER === '${name}') process.kill(process.pid, 'SIGKILL')`
  for (const file of ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'src/a.ts'])
    put(file, '{}')
  const { build, prepare } = manifest.scripts
  put('package.json', JSON.stringify({ type: 'module', scripts: { build } }))
  put('scripts/bundle.js', step('bundle', 'dist/index.js'))
  put('node_modules/typescript/bin/tsc', `(async () => {${step('types', 'dist/index.d.ts')}})()`)
  put('scripts/manifest.js', step('manifest', 'oclif.manifest.json'))
  for (const name of ['build.js', 'is-built.js'])
    copyFileSync(join(ROOT, 'scripts', name), join(copy, 'scripts', name))
  symlinkSync(
    join(ROOT, 'node_modules/fs-native-extensions'),
    join(copy, 'node_modules/fs-native-extensions')
  )
  const run = async (command: string, env: Record<string, string> = {}) => {
    const how = {
      cwd: copy,
      shell: true,
      stdio: 'ignore',
      env: { ...process.env, ...env }
    } as const
    return (await once(spawn(command, how), 'exit'))[0]
  }
  const log = () => readFileSync(join(copy, 'log'), 'utf8')
  return { log, build: (env = {}) => run(build, env), prepare: () => run(prepare) }
}

test('two who build a clone at once build it once', async () => {
  const { log, prepare } = tinyClone()
  expect(await Promise.all([prepare(), prepare()])).toEqual([0, 0])
  expect(log()).toBe('bundle types manifest ')
})

test('a build that was broken off is none, though nothing has changed since the one before', async () => {
  const { build, log, prepare } = tinyClone()
  expect(await build()).toBe(0)
  expect(await build({ DIES_AFTER: 'bundle' })).not.toBe(0)
  expect(await prepare()).toBe(0)
  expect(log()).toBe('bundle types manifest bundle bundle types manifest ')
})
