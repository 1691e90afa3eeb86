import { accessSync, chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { checkHome } from '../../src/doctor/check-home.js'

// Root may write everywhere: what the system says of somebody else is said by the test.
vi.mock('node:fs', async original => {
  const fs = await original<typeof import('node:fs')>()
  return { ...fs, accessSync: vi.fn(fs.accessSync) }
})

const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('a home that can be written is well, and nothing is left in it', () => {
  const home = mkdtempSync(join(root, 'home-'))
  expect(checkHome(home)).toMatchObject({ state: 'ok', facts: { home } })
  expect(readdirSync(home)).toEqual([])
})

test('so is one that can be made, and it is not', () => {
  const place = mkdtempSync(join(root, 'place-'))
  expect(checkHome(join(place, 'not', 'there')).state).toBe('ok')
  expect(readdirSync(place)).toEqual([])
})

test('one below a directory that may not be written is not', () => {
  const place = mkdtempSync(join(root, 'place-'))
  vi.mocked(accessSync).mockImplementationOnce(path => {
    throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', path })
  })
  expect(checkHome(join(place, 'home'))).toMatchObject({ state: 'failed' })
  expect(accessSync).toHaveBeenLastCalledWith(place, expect.any(Number))
})

test('one that cannot be made, or that others can write to, is not', () => {
  const file = join(mkdtempSync(join(root, 'place-')), 'file')
  writeFileSync(file, '')
  expect(checkHome(join(file, 'home'))).toMatchObject({ state: 'failed' })
  const open = mkdtempSync(join(root, 'open-'))
  chmodSync(open, 0o777)
  expect(checkHome(open)).toMatchObject({ state: 'failed', text: expect.stringContaining('0777') })
})
