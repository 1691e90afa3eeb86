import {
  existsSync,
  mkdtempSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { createFile } from '../../src/home/files.js'

// A file system that has no hard links: FAT, for one.
vi.mock('node:fs', async original => ({
  ...(await original<typeof import('node:fs')>()),
  linkSync: () => {
    throw Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM' })
  }
}))

const newDirectory = () => mkdtempSync(join(tmpdir(), 'swarmchat-'))

test('a file is made once, for its owner alone', () => {
  const file = join(newDirectory(), 'file')
  expect([createFile(file, 'one'), createFile(file, 'two')]).toEqual([true, false])
  expect(readFileSync(file, 'utf8')).toBe('one')
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('no link is followed', () => {
  const directory = newDirectory()
  const treasure = join(directory, 'treasure')
  writeFileSync(treasure, 'gold')
  symlinkSync(treasure, join(directory, 'link'))
  symlinkSync(join(directory, 'nothing'), join(directory, 'dangling'))
  for (const name of ['link', 'dangling'])
    expect(createFile(join(directory, name), 'x')).toBe(false)
  expect(readFileSync(treasure, 'utf8')).toBe('gold')
  expect(existsSync(join(directory, 'nothing'))).toBe(false)
})
