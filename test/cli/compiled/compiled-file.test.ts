import { mkdtempSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { CodeStore } from '../../../src/cli/compiled/code-store.js'
import { CompiledFile, compiledFile } from '../../../src/cli/compiled/compiled-file.js'

let directory: string
let file: string
let env: Record<string, string>

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  file = join(directory, 'program.cjs')
  env = { XDG_CACHE_HOME: directory, HOME: directory, LOCALAPPDATA: directory }
  put('1')
})

const put = (value: string) =>
  writeFileSync(
    file,
    `const { basename } = require('node:path')
exports.run = () => ${value}
exports.name = basename(__filename)
exports.line = () => new Error('here').stack.split('\\n')[1]
module.exports.place = __dirname`
  )
const kept = () => readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(isCode)
const isCode = (name: string) => /[0-9a-f]{32}$/.test(name)
const loaded = () => compiledFile(file, env)?.load() as Exports

interface Exports {
  readonly name: string
  readonly place: string
  run(): number
  line(): string
}

test('a file is run as a CommonJS module, the second time with what was compiled', () => {
  const first = compiledFile(file, env)
  expect(first?.load()).toMatchObject({ name: 'program.cjs', place: directory })
  expect(kept()).toEqual([])
  first?.keep('join')
  expect(kept()).toHaveLength(1)
  const again = loaded()
  expect(again.run()).toBe(1)
  expect(again.line()).toContain(`${file}:4:22`)
})

test('what a command compiled is kept once, and beside what others did', () => {
  const store = new CodeStore(join(directory, 'own'), 'key')
  const run = (...commands: string[]) => {
    const compiled = new CompiledFile(file, store)
    compiled.load()
    for (const command of commands) compiled.keep(command)
    return store.read()
  }
  expect(run()).toBeUndefined()
  const alone = run('join')
  expect(alone?.commands).toEqual(['join'])
  store.write({ commands: ['join'], data: alone?.data ?? Buffer.alloc(0) })
  expect(run('join', 'join')?.commands).toEqual(['join'])
  expect(run('send', 'join')?.commands).toEqual(['join', 'send'])
})

test('a file that was changed is compiled anew, though it is as long, and as old', () => {
  const first = compiledFile(file, env)
  first?.load()
  utimesSync(file, 1, 1)
  first?.keep('join')
  put('2')
  utimesSync(file, 1, 1)
  expect(loaded().run()).toBe(2)
})

test('code that V8 refuses is thrown away, and the file runs', () => {
  const store = new CodeStore(join(directory, 'own'), 'key')
  store.write({ commands: ['join'], data: Buffer.alloc(1_000, 'x') })
  const compiled = new CompiledFile(file, store)
  expect(compiled.load()).toHaveProperty('name')
  expect(store.read()).toBeUndefined()
  compiled.keep('join')
  expect(store.read()?.commands).toEqual(['join'])
})

test.each(['NODE_DISABLE_COMPILE_CACHE', 'NODE_V8_COVERAGE'])('nothing is kept with %s', name => {
  expect(compiledFile(file, { ...env, [name]: '1' })).toBeUndefined()
})

test('nothing is kept without a place for it', () => {
  expect(compiledFile(file, {})).toBeUndefined()
})
