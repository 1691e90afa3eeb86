import { expect, test } from 'vitest'
import { cacheDirectory, makeOwnDirectory } from '../../../src/cli/compiled/cache-directory.js'

const HOME = '/home/ada'
const LOCALAPPDATA = 'C:\\Users\\ada\\AppData\\Local'

test.each([
  ['linux', { HOME }, '/home/ada/.cache'],
  ['linux', { HOME, XDG_CACHE_HOME: '/fast' }, '/fast'],
  ['linux', { HOME, XDG_CACHE_HOME: 'here' }, '/home/ada/.cache'],
  ['linux', { XDG_CACHE_HOME: '/fast' }, '/fast'],
  ['linux', { HOME: '' }, undefined],
  ['linux', {}, undefined],
  ['darwin', { HOME, XDG_CACHE_HOME: '/fast' }, '/home/ada/Library/Caches'],
  ['win32', { HOME, LOCALAPPDATA }, LOCALAPPDATA],
  ['win32', { HOME }, undefined]
] as const)('on %s with %j: %s', (platform, env, directory) => {
  expect(cacheDirectory(env, platform)).toBe(directory)
})

test.runIf(process.platform === 'linux')('one below /proc cannot be made, at once', () => {
  expect(() => makeOwnDirectory('/proc/.cache/swarmchat/code')).toThrow(/ENOENT|EACCES|EPERM/)
})
