import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { CodeStore } from '../../../src/cli/compiled/code-store.js'

const code = { commands: ['join', 'send'], data: Buffer.from('what V8 made') }
const isPosix = process.platform !== 'win32'

let above: string
let directory: string

beforeEach(() => {
  above = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  directory = join(above, 'swarmchat/code')
})

const fileOf = () => join(directory, readdirSync(directory)[0] ?? '')

test('what was written is read again, and only for the same key', () => {
  const store = new CodeStore(directory, 'a')
  expect(store.read()).toBeUndefined()
  store.write(code)
  expect(store.read()).toEqual(code)
  expect(new CodeStore(directory, 'a').read()).toEqual(code)
  expect(new CodeStore(directory, 'b').read()).toBeUndefined()
  store.forget()
  expect(store.read()).toBeUndefined()
})

test('a later one takes the place of the former', () => {
  const store = new CodeStore(directory, 'a')
  store.write(code)
  store.write({ ...code, commands: ['whoami'] })
  expect(store.read()?.commands).toEqual(['whoami'])
  expect(readdirSync(directory)).toHaveLength(1)
})

test('code of which a byte is wrong, or missing, is none', () => {
  const store = new CodeStore(directory, 'a')
  store.write(code)
  const whole = readFileSync(fileOf())
  for (let at = 0; at < whole.length; at += 1) {
    const wrong = Buffer.from(whole)
    wrong[at] = (wrong[at] ?? 0) ^ 1
    writeFileSync(fileOf(), wrong)
    expect(store.read()).toBeUndefined()
    writeFileSync(fileOf(), whole.subarray(0, at))
    expect(store.read()).toBeUndefined()
  }
  store.write(code)
  expect(store.read()).toEqual(code)
})

test('the oldest go when there are more than eight', () => {
  const keys = Array.from({ length: 10 }, (_, number) => String(number))
  for (const [age, key] of keys.entries()) {
    new CodeStore(directory, key).write(code)
    const named = readdirSync(directory).find(
      name => statSync(join(directory, name)).mtimeMs > 1e12
    )
    utimesSync(join(directory, named ?? ''), age, age)
  }
  new CodeStore(directory, 'last').write(code)
  const left = keys.filter(key => new CodeStore(directory, key).read() !== undefined)
  expect(left).toEqual(['3', '4', '5', '6', '7', '8', '9'])
})

test('where nothing can be written nothing is kept, and nothing thrown', () => {
  writeFileSync(join(above, 'swarmchat'), '')
  const store = new CodeStore(directory, 'a')
  store.write(code)
  store.forget()
  expect(store.read()).toBeUndefined()
})

describe.runIf(isPosix)('code that others could have left there', () => {
  let store: CodeStore
  beforeEach(() => {
    store = new CodeStore(directory, 'a')
    store.write(code)
  })

  test('is never readable or writable for others where we made it', () => {
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    expect(statSync(join(above, 'swarmchat')).mode & 0o777).toBe(0o700)
    expect(statSync(fileOf()).mode & 0o777).toBe(0o600)
  })

  test.each([0o620, 0o602])('is not read from a file of mode %o', mode => {
    chmodSync(fileOf(), mode)
    expect(store.read()).toBeUndefined()
  })

  test.each([0o770, 0o707])('is neither read from nor written to a directory of mode %o', mode => {
    chmodSync(directory, mode)
    expect(store.read()).toBeUndefined()
    new CodeStore(directory, 'b').write(code)
    expect(readdirSync(directory)).toHaveLength(1)
  })

  test('is not read through a link', () => {
    const file = fileOf()
    renameSync(file, join(above, 'elsewhere'))
    symlinkSync(join(above, 'elsewhere'), file)
    expect(store.read()).toBeUndefined()
    store.write(code)
    expect(store.read()).toEqual(code)
    renameSync(directory, join(above, 'other'))
    symlinkSync(join(above, 'other'), directory)
    expect(store.read()).toBeUndefined()
  })

  const isRoot = process.getuid?.() === 0
  test.runIf(isRoot)('is not read if it is theirs, nor is ours left in their directories', () => {
    chownSync(fileOf(), 1234, 1234)
    expect(store.read()).toBeUndefined()
    const theirs = join(above, 'theirs')
    mkdirSync(theirs)
    chownSync(theirs, 1234, 1234)
    new CodeStore(join(theirs, 'swarmchat/code'), 'a').write(code)
    expect(readdirSync(theirs)).toEqual([])
  })
})
