import { chmodSync, chownSync, mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ensureDirectory, homeDirectory } from '../../src/home/directory.js'

const isPosix = process.platform !== 'win32'

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

test.each(['', 'ada', './ada'])(
  'a user whose home is %j has none: nothing is kept where we happen to be',
  user => {
    const none = expect.objectContaining({ code: 'NO_HOME', exitCode: 2 })
    expect(() => homeDirectory({}, 'linux', user)).toThrow(none)
    expect(() => homeDirectory({}, 'darwin', user)).toThrow(none)
    expect(() => homeDirectory({ SWARMCHAT_HOME: '~/x' }, 'linux', user)).toThrow(none)
    expect(homeDirectory({ SWARMCHAT_HOME: '/x' }, 'linux', user)).toBe('/x')
  }
)

test('a new directory is its owner’s alone', () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'a', 'b')
  expect(statSync(ensureDirectory(directory)).mode & 0o777).toBe(0o700)
})

test('a literal ~ is the user’s home; of another user it is refused', () => {
  const user = '/home/ada'
  expect(homeDirectory({ SWARMCHAT_HOME: '~/x' }, 'linux', user)).toBe('/home/ada/x')
  expect(homeDirectory({ SWARMCHAT_HOME: '~' }, 'linux', user)).toBe('/home/ada')
  expect(homeDirectory({ SWARMCHAT_HOME: './~/x' }, 'linux', user)).toMatch(/\/~\/x$/)
  expect(() => homeDirectory({ SWARMCHAT_HOME: '~eve/x' }, 'linux', user)).toThrow(
    expect.objectContaining({ code: 'NO_HOME', hint: 'Give the whole path.' })
  )
})

test.runIf(isPosix)('a directory that others may write is refused, and left as it is', () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'open')
  mkdirSync(directory)
  for (const mode of [0o777, 0o702, 0o1777]) {
    chmodSync(directory, mode)
    expect(() => ensureDirectory(directory)).toThrow(
      expect.objectContaining({ code: 'OPEN_HOME', hint: expect.stringMatching('chmod go-w') })
    )
    expect(statSync(directory).mode & 0o7777).toBe(mode)
  }
  chmodSync(directory, 0o755)
  expect(ensureDirectory(directory)).toBe(directory)
})

test.runIf(isPosix && process.getuid?.() === 0)(
  'a group counts as others unless it is the user’s own',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'swarmchat-'))
    chmodSync(directory, 0o770)
    chownSync(directory, 1_000, 1_000)
    expect(ensureDirectory(directory)).toBe(directory)
    chownSync(directory, 1_000, 100)
    expect(() => ensureDirectory(directory)).toThrow(expect.objectContaining({ code: 'OPEN_HOME' }))
  }
)

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
