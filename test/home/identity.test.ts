import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadIdentity } from '../../src/home/identity.js'

const newHome = () => mkdtempSync(join(tmpdir(), 'swarmchat-'))

test('is made on first use and kept', () => {
  const home = newHome()
  const first = loadIdentity(home)
  expect(first.key).toMatch(/^[0-9a-f]{64}$/)
  expect(loadIdentity(home)).toEqual(first)
  expect(readdirSync(home)).toEqual(['identity'])
})

test('lies in a file that only its owner may read', () => {
  const { file = '' } = loadIdentity(newHome())
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a file that others may read is refused and left alone', () => {
  const { file = '' } = loadIdentity(newHome())
  const before = readFileSync(file)
  chmodSync(file, 0o644)
  const home = join(file, '..')
  expect(() => loadIdentity(home)).toThrow(
    expect.objectContaining({
      code: 'OPEN_IDENTITY',
      exitCode: 2,
      hint: expect.stringMatching('chmod 600')
    })
  )
  expect(readFileSync(file)).toEqual(before)
})

const damages: [string, (text: string) => string][] = [
  ['empty', () => ''],
  ['cut short', text => text.slice(0, 50)],
  ['of another kind', text => text.replace('identity', 'device')],
  [
    'with another digit',
    text => text.replace(/seed (.)/, (_, d) => `seed ${d === '0' ? '1' : '0'}`)
  ],
  ['something else', () => '\u0000\u0001 not a key']
]
test.each(damages)('a damaged file (%s) is refused and left alone', (_, damage) => {
  const home = newHome()
  const { file = '' } = loadIdentity(home)
  const damaged = damage(readFileSync(file, 'utf8'))
  writeFileSync(file, damaged)
  expect(() => loadIdentity(home)).toThrow(
    expect.objectContaining({ code: 'BAD_IDENTITY', exitCode: 2 })
  )
  expect(readFileSync(file, 'utf8')).toBe(damaged)
})

test('processes that start at once end with the same identity', async () => {
  const home = newHome()
  const script = new URL('../support/print-identity.ts', import.meta.url)
  const keys = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const child = fork(script, [home], { execArgv: ['--import', 'tsx'] })
      const [key] = await once(child, 'message')
      return key
    })
  )
  expect(new Set(keys)).toEqual(new Set([loadIdentity(home).key]))
  expect(readdirSync(home)).toEqual(['identity'])
}, 120_000)
