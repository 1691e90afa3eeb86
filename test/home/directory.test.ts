import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ensureDirectory, homeDirectory } from '../../src/home/directory.js'

test('SWARMCHAT_HOME wins', () => {
  expect(homeDirectory({ SWARMCHAT_HOME: '/x/y', XDG_DATA_HOME: '/z' }, 'linux')).toBe('/x/y')
})

test('else the data directory of the platform', () => {
  const user = '/home/ada'
  expect(homeDirectory({}, 'linux', user)).toBe('/home/ada/.local/share/swarmchat')
  expect(homeDirectory({ XDG_DATA_HOME: '/data' }, 'linux', user)).toBe('/data/swarmchat')
  expect(homeDirectory({ XDG_DATA_HOME: 'data' }, 'linux', user)).toBe(
    '/home/ada/.local/share/swarmchat'
  )
  expect(homeDirectory({}, 'darwin', '/Users/ada')).toBe(
    '/Users/ada/Library/Application Support/swarmchat'
  )
  expect(homeDirectory({ LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' }, 'win32')).toBe(
    'C:\\Users\\ada\\AppData\\Local\\swarmchat'
  )
})

test('a new directory is its owner’s alone', () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'a', 'b')
  expect(statSync(ensureDirectory(directory)).mode & 0o777).toBe(0o700)
})

test('a home that cannot be made is one sentence', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'file')
  writeFileSync(file, '')
  expect(() => ensureDirectory(join(file, 'home'))).toThrow(
    expect.objectContaining({ code: 'NO_HOME', exitCode: 2 })
  )
})

test.runIf(process.platform === 'linux')('neither is one below /proc, at once', () => {
  expect(() => ensureDirectory('/proc/swarmchat/home')).toThrow(
    expect.objectContaining({ code: 'NO_HOME' })
  )
})
